# libnvidia-ml.so.1: the C ABI of src/simnvml over the simulated node.
#
# Depends on libc alone (C++ runtime linked in and hidden), exports exactly the names of exports.map, leaves
# nothing unresolved.
add_library(simulated_nvml SHARED ${CMAKE_SOURCE_DIR}/cmake/anchor.cpp)
target_link_libraries(simulated_nvml PRIVATE $<LINK_LIBRARY:WHOLE_ARCHIVE,septet_simnvml>)
target_link_options(simulated_nvml PRIVATE -static-libstdc++ -static-libgcc -Wl,--as-needed
  -Wl,--gc-sections
  -Wl,--version-script=${CMAKE_SOURCE_DIR}/src/simnvml/exports.map)
if(NOT SEPTET_SANITIZE)
  target_link_options(simulated_nvml PRIVATE -Wl,-z,defs)
endif()
set_target_properties(simulated_nvml PROPERTIES OUTPUT_NAME nvidia-ml SOVERSION 1 VERSION 1
  LINK_DEPENDS ${CMAKE_SOURCE_DIR}/src/simnvml/exports.map
  LIBRARY_OUTPUT_DIRECTORY ${SEPTET_OUTPUT}/lib)

# Unit tests that open the library as built.
foreach(test IN ITEMS driver_test simnvml_test)
  if(TARGET ${test})
    add_dependencies(${test} simulated_nvml)
  endif()
endforeach()
