// cli/smi/summary_tables.h — the three tables of the plain command.
#pragma once

#include "cli/smi/session.h"
#include "cli/smi/table_style.h"

namespace septet::cli::smi {

void print_gpu_table(const Session& session, const TableStyle& style, const Gpus& gpus);
void print_mig_table(const Session& session, const TableStyle& style, const Gpus& gpus);
void print_process_table(const Session& session, const TableStyle& style, const Gpus& gpus);

}  // namespace septet::cli::smi
