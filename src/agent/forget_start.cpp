#include "agent/forget_start.h"

#include <link.h>
#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <span>

namespace septet::agent {
namespace {

// Without text relocations a read-only segment is what its file says: nothing of ours is lost.
bool has_text_relocations(const dl_phdr_info& object) {
  for (const ElfW(Phdr) & part : std::span(object.dlpi_phdr, object.dlpi_phnum)) {
    if (part.p_type != PT_DYNAMIC) continue;
    const auto* entry = reinterpret_cast<const ElfW(Dyn)*>(object.dlpi_addr + part.p_vaddr);
    for (; entry->d_tag != DT_NULL; ++entry) {
      if (entry->d_tag == DT_TEXTREL) return true;
      if (entry->d_tag == DT_FLAGS && (entry->d_un.d_val & DF_TEXTREL) != 0) return true;
    }
  }
  return false;
}

int forget_object(dl_phdr_info* object, std::size_t /*size*/, void* user) {
  if (has_text_relocations(*object)) return 0;
  const auto page = *static_cast<const std::uintptr_t*>(user);
  for (const ElfW(Phdr) & part : std::span(object->dlpi_phdr, object->dlpi_phnum)) {
    if (part.p_type != PT_LOAD || (part.p_flags & PF_W) != 0) continue;
    const std::uintptr_t from = (object->dlpi_addr + part.p_vaddr) & ~(page - 1);
    const std::uintptr_t to = object->dlpi_addr + part.p_vaddr + part.p_filesz;
    // Refused where pages are locked: then they stay, as their owner wants it.
    (void)::madvise(reinterpret_cast<void*>(from), to - from, MADV_DONTNEED);
  }
  return 0;
}

}  // namespace

void forget_start() {
  malloc_trim(0);
  auto page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
  dl_iterate_phdr(&forget_object, &page);
}

}  // namespace septet::agent
