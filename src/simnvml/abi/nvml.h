// The C ABI of libnvidia-ml.so.1 as this project speaks it: every type, constant and entry point.
//
// Shapes. A name without a version suffix is the first ABI of that call with its own struct (see
//         legacy_structs.h); nothing here renames it to the newest version, as the published header
//         does by default. Constants stay macros because clients test and concatenate them.
//         C++ only. Enums have a fixed underlying type so that any number a client passes is a
//         value.
// Errors. Not to be included together with the published header in one translation unit.
// Source. The published NVML API, version 13 (13.3): names, types, field order and numbers.
#pragma once

#include "simnvml/abi/api_version.h"
#include "simnvml/abi/clocks_and_power.h"
#include "simnvml/abi/confidential_computing.h"
#include "simnvml/abi/cooling.h"
#include "simnvml/abi/device_identity.h"
#include "simnvml/abi/events.h"
#include "simnvml/abi/export_attribute.h"
#include "simnvml/abi/fabric.h"
#include "simnvml/abi/field_ids_174_and_up.h"
#include "simnvml/abi/field_ids_1_to_173.h"
#include "simnvml/abi/gpm_metrics.h"
#include "simnvml/abi/gpm_samples.h"
#include "simnvml/abi/grid_licenses.h"
#include "simnvml/abi/handles.h"
#include "simnvml/abi/legacy_structs.h"
#include "simnvml/abi/low_level_records.h"
#include "simnvml/abi/memory_and_ecc.h"
#include "simnvml/abi/mig.h"
#include "simnvml/abi/nvlink.h"
#include "simnvml/abi/power_profiles.h"
#include "simnvml/abi/processes.h"
#include "simnvml/abi/prototypes_clocks_and_power.h"
#include "simnvml/abi/prototypes_confidential.h"
#include "simnvml/abi/prototypes_device.h"
#include "simnvml/abi/prototypes_events.h"
#include "simnvml/abi/prototypes_gpm.h"
#include "simnvml/abi/prototypes_library.h"
#include "simnvml/abi/prototypes_memory_and_ecc.h"
#include "simnvml/abi/prototypes_mig.h"
#include "simnvml/abi/prototypes_nvlink.h"
#include "simnvml/abi/prototypes_units.h"
#include "simnvml/abi/prototypes_usage.h"
#include "simnvml/abi/prototypes_vgpu.h"
#include "simnvml/abi/return_codes.h"
#include "simnvml/abi/sessions.h"
#include "simnvml/abi/topology.h"
#include "simnvml/abi/units.h"
#include "simnvml/abi/values.h"
#include "simnvml/abi/vgpu_scheduler.h"
#include "simnvml/abi/vgpu_types.h"
#include "simnvml/abi/vgpu_usage.h"
