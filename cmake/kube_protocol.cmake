# What src/kube needs beyond its sources: C++ made from its protocol/*.proto, gRPC, libcurl.
#
# The generated code is a library of its own, without our warnings; its headers and gRPC's are seen by kube and its
# tests alone. gRPC without TLS (all of it is on unix sockets of this machine) and protobuf's small runtime.
# libcurl brings TLS where the API server is asked.
# By name: its package files name 150 libraries that it links itself, and take 12 s to be read.
set(grpc_libraries)
foreach(library IN ITEMS grpc++_unsecure grpc_unsecure gpr absl_synchronization)
  find_library(SEPTET_${library} ${library} REQUIRED)
  list(APPEND grpc_libraries ${SEPTET_${library}})
endforeach()
find_package(CURL REQUIRED)
find_program(SEPTET_PROTOC protoc REQUIRED)
find_program(SEPTET_PROTOC_GRPC grpc_cpp_plugin REQUIRED)

set(generated ${CMAKE_BINARY_DIR}/generated/kube_protocol)
set(protocol_sources)
file(MAKE_DIRECTORY ${generated}/kube/protocol)
foreach(proto IN ITEMS device_plugin pod_resources)
  set(stem ${generated}/kube/protocol/${proto})
  add_custom_command(OUTPUT ${stem}.pb.cc ${stem}.pb.h ${stem}.grpc.pb.cc ${stem}.grpc.pb.h
    COMMAND ${SEPTET_PROTOC} -I ${CMAKE_SOURCE_DIR}/src --cpp_out=${generated}
      --grpc_out=${generated} --plugin=protoc-gen-grpc=${SEPTET_PROTOC_GRPC}
      ${CMAKE_SOURCE_DIR}/src/kube/protocol/${proto}.proto
    DEPENDS ${CMAKE_SOURCE_DIR}/src/kube/protocol/${proto}.proto VERBATIM
    COMMENT "Generating kube/protocol/${proto}")
  list(APPEND protocol_sources ${stem}.pb.cc ${stem}.grpc.pb.cc)
endforeach()
add_library(septet_kube_protocol STATIC ${protocol_sources})
set_target_properties(septet_kube_protocol PROPERTIES POSITION_INDEPENDENT_CODE ON)
target_include_directories(septet_kube_protocol SYSTEM PUBLIC ${generated})
target_compile_definitions(septet_kube_protocol PUBLIC GRPC_USE_PROTO_LITE)
target_link_libraries(septet_kube_protocol PUBLIC ${grpc_libraries} protobuf-lite)

target_link_libraries(septet_kube PRIVATE septet_kube_protocol CURL::libcurl Threads::Threads)
foreach(target IN ITEMS kube_test kube_bench agent_test)
  if(TARGET ${target})
    target_link_libraries(${target} PRIVATE septet_kube_protocol)
  endif()
endforeach()
