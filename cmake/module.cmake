# septet_module(<dir> [NEEDS <module>...] [USES <external target>...] [UNITY])
#
# One call per folder is its whole build description: every *.cpp below src/<dir> is the library,
# *_test.cpp its tests, *_bench.cpp its benchmarks. Adding a file needs no edit.
# NEEDS is the architecture: a module reaches headers only through a per-module include view, so an
# include of a module it does not list, directly or through one it lists, does not compile.
# UNITY compiles ten files as one, so what stands in anonymous namespaces has a name of its own in the whole module.
# A clean build takes two thirds of the time, a third where files are short. (Precompiled headers were tried: slower.)
function(septet_module name)
  cmake_parse_arguments(ARG "UNITY" "" "NEEDS;USES" ${ARGN})
  set(dir ${CMAKE_SOURCE_DIR}/src/${name})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${dir}/*.cpp)
  set(tests ${sources})
  set(benches ${sources})
  list(FILTER tests INCLUDE REGEX "_test\\.cpp$")
  list(FILTER benches INCLUDE REGEX "_bench\\.cpp$")
  list(FILTER sources EXCLUDE REGEX "_(test|bench)\\.cpp$")

  set(view ${CMAKE_BINARY_DIR}/view/${name})
  file(MAKE_DIRECTORY ${view})
  file(CREATE_LINK ${dir} ${view}/${name} SYMBOLIC)

  set(scope PUBLIC)
  if(sources)
    add_library(septet_${name} STATIC ${sources})
    target_link_libraries(septet_${name} PRIVATE septet_warnings)
    set_target_properties(septet_${name} PROPERTIES POSITION_INDEPENDENT_CODE ON
      CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON)
    # What libnvidia-ml.so.1 must not need (YAML, JSON, dlopen) stays in objects of its own, and so does what sees curses' macros.
    foreach(source IN LISTS sources)
      if(source MATCHES "/(yaml|quoted|nearest|profile_name|node|node_json|slice_share)\\.cpp$" OR source MATCHES "/driver/(nvml|status)|/top/screen")
        set_source_files_properties(${source} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
      endif()
    endforeach()
    if(SEPTET_FAST_BUILD AND ARG_UNITY)
      set_target_properties(septet_${name} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 10)
    endif()
  else()
    set(scope INTERFACE)
    add_library(septet_${name} INTERFACE)
  endif()
  add_library(septet::${name} ALIAS septet_${name})
  target_include_directories(septet_${name} ${scope} ${view})
  list(TRANSFORM ARG_NEEDS PREPEND septet::)
  target_link_libraries(septet_${name} ${scope} ${ARG_NEEDS} ${ARG_USES})

  if(tests AND SEPTET_TESTS)
    add_executable(${name}_test ${tests})
    target_link_libraries(${name}_test PRIVATE septet_warnings septet::${name} septet_testing)
    # As definitions: of an ENVIRONMENT with two variables gtest_discover_tests keeps the first only.
    target_compile_definitions(${name}_test PRIVATE
      SEPTET_SOURCE_DIR="${CMAKE_SOURCE_DIR}" SEPTET_BUILD_DIR="${CMAKE_BINARY_DIR}")
    # A suite named ...Sweep visits everything there is: part of make test, not of make check.
    gtest_discover_tests(${name}_test TEST_PREFIX "${name}." TEST_FILTER "-*Sweep.*" DISCOVERY_TIMEOUT 60)
    gtest_discover_tests(${name}_test TEST_PREFIX "${name}." TEST_FILTER "*Sweep.*" DISCOVERY_TIMEOUT 60
      TEST_LIST ${name}_sweeps PROPERTIES LABELS slow)
  endif()
  if(benches AND SEPTET_BENCHMARKS)
    add_executable(${name}_bench ${benches})
    target_link_libraries(${name}_bench PRIVATE septet_warnings septet::${name} benchmark::benchmark_main)
    add_dependencies(benchmarks ${name}_bench)
  endif()
endfunction()
