# What the HTTP API carries inside the program: the dashboard, the lab's scenarios, its own description.
#
# SEPTET_DASHBOARD is the folder that scripts/build_web.sh fills; without it the page says that this
# build has none. tools/embed_files writes the bytes, gzip'd too.
set(SEPTET_DASHBOARD ${CMAKE_SOURCE_DIR}/build/web CACHE PATH "the dashboard's built files")

add_executable(embed_files ${CMAKE_SOURCE_DIR}/tools/embed_files/main.cpp)
target_link_libraries(embed_files PRIVATE septet_warnings)

# septet_embed_files(<function> <folder> <gzip|plain> <file>...): a source of septet_web.
function(septet_embed_files function folder form)
  set(out ${CMAKE_BINARY_DIR}/generated/${function}.cpp)
  set(words ${out} ${function} ${folder})
  if(form STREQUAL "gzip")
    list(APPEND words gzip)
  endif()
  add_custom_command(OUTPUT ${out} COMMAND embed_files ${words} ${ARGN}
    DEPENDS embed_files ${ARGN} COMMENT "Embedding ${function}" VERBATIM)
  target_sources(septet_web PRIVATE ${out})
  set_source_files_properties(${out} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
endfunction()

file(GLOB_RECURSE dashboard CONFIGURE_DEPENDS ${SEPTET_DASHBOARD}/*)
list(FILTER dashboard EXCLUDE REGEX "\\.(map|gz|br)$")
file(GLOB scenarios CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/examples/lab/*.yaml
  ${CMAKE_SOURCE_DIR}/examples/lab/*.csv)
septet_embed_files(dashboard_files ${SEPTET_DASHBOARD} gzip ${dashboard})
septet_embed_files(lab_files ${CMAKE_SOURCE_DIR}/examples/lab plain ${scenarios})
septet_embed_files(openapi_files ${CMAKE_SOURCE_DIR}/src/web plain ${CMAKE_SOURCE_DIR}/src/web/openapi.json)
