# What src/kube needs beyond its sources: C++ made from its protocol/*.proto, nghttp2, libcurl.
#
# The generated code is libraries of their own, without our warnings: the messages, with protobuf's small runtime, for
# kube; the services, with gRPC, for tests and benchmarks alone, which are the other side. libcurl is loaded when it is
# needed (kube/curl_library.h): only its header here.
find_path(SEPTET_CURL curl/curl.h REQUIRED)
find_library(SEPTET_NGHTTP2 nghttp2 REQUIRED)
find_program(SEPTET_PROTOC protoc REQUIRED)

set(generated ${CMAKE_BINARY_DIR}/generated/kube_protocol)
set(kube_messages)
file(MAKE_DIRECTORY ${generated}/kube/protocol)
foreach(proto IN ITEMS device_plugin pod_resources)
  set(stem ${generated}/kube/protocol/${proto})
  add_custom_command(OUTPUT ${stem}.pb.cc ${stem}.pb.h
    COMMAND ${SEPTET_PROTOC} -I ${CMAKE_SOURCE_DIR}/src --cpp_out=${generated}
      ${CMAKE_SOURCE_DIR}/src/kube/protocol/${proto}.proto
    DEPENDS ${CMAKE_SOURCE_DIR}/src/kube/protocol/${proto}.proto VERBATIM
    COMMENT "Generating kube/protocol/${proto}")
  list(APPEND kube_messages ${stem}.pb.cc)
endforeach()
add_library(septet_kube_protocol STATIC ${kube_messages})
set_target_properties(septet_kube_protocol PROPERTIES POSITION_INDEPENDENT_CODE ON)
target_include_directories(septet_kube_protocol SYSTEM PUBLIC ${generated})
target_link_libraries(septet_kube_protocol PUBLIC protobuf-lite)

target_link_libraries(septet_kube PRIVATE septet_kube_protocol ${SEPTET_NGHTTP2} Threads::Threads ${CMAKE_DL_LIBS})

if(SEPTET_TESTS OR SEPTET_BENCHMARKS)
  # By name: gRPC's package files name 150 libraries that it links itself, and take 12 s to be read.
  set(grpc_libraries)
  foreach(library IN ITEMS grpc++_unsecure grpc_unsecure gpr absl_synchronization)
    find_library(SEPTET_${library} ${library} REQUIRED)
    list(APPEND grpc_libraries ${SEPTET_${library}})
  endforeach()
  find_program(SEPTET_PROTOC_GRPC grpc_cpp_plugin REQUIRED)
  set(kube_services)
  foreach(proto IN ITEMS device_plugin pod_resources)
    set(stem ${generated}/kube/protocol/${proto})
    add_custom_command(OUTPUT ${stem}.grpc.pb.cc ${stem}.grpc.pb.h
      COMMAND ${SEPTET_PROTOC} -I ${CMAKE_SOURCE_DIR}/src --grpc_out=${generated}
        --plugin=protoc-gen-grpc=${SEPTET_PROTOC_GRPC} ${CMAKE_SOURCE_DIR}/src/kube/protocol/${proto}.proto
      DEPENDS ${CMAKE_SOURCE_DIR}/src/kube/protocol/${proto}.proto ${stem}.pb.h VERBATIM
      COMMENT "Generating the services of kube/protocol/${proto}")
    list(APPEND kube_services ${stem}.grpc.pb.cc)
  endforeach()
  add_library(septet_kube_peer STATIC ${kube_services})
  target_compile_definitions(septet_kube_peer PUBLIC GRPC_USE_PROTO_LITE)
  target_link_libraries(septet_kube_peer PUBLIC septet_kube_protocol ${grpc_libraries})
  foreach(target IN ITEMS kube_test kube_bench agent_test)
    if(TARGET ${target})
      target_link_libraries(${target} PRIVATE septet_kube_peer)
    endif()
  endforeach()
endif()
