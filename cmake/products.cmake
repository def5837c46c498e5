# septet_embed_products(<target>): compiles src/mig/products/*.yaml into constant tables of <target>.
#
# One data file per product is the source; embed_products (tools/) checks it and writes C++.
function(septet_embed_products target)
  set(parts main.cpp read_product.cpp field_reader.cpp check_rows.cpp write_tables.cpp)
  file(GLOB products CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/mig/products/*.yaml)
  list(TRANSFORM parts PREPEND ${CMAKE_SOURCE_DIR}/tools/embed_products/)
  add_executable(embed_products ${parts})
  target_include_directories(embed_products PRIVATE ${CMAKE_SOURCE_DIR}/tools)
  target_link_libraries(embed_products PRIVATE septet_warnings septet::base)
  set(tables ${CMAKE_BINARY_DIR}/generated/product_tables.cpp)
  add_custom_command(OUTPUT ${tables}
    COMMAND embed_products ${tables} ${products}
    DEPENDS embed_products ${products} COMMENT "Embedding GPU products" VERBATIM)
  target_sources(${target} PRIVATE ${tables})
endfunction()
