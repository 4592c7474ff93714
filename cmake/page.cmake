# The files of the page as a C table inside the server's library.
find_package(Python3 REQUIRED COMPONENTS Interpreter)
file(GLOB page_files CONFIGURE_DEPENDS src/server/page/*)
set(page_table ${CMAKE_BINARY_DIR}/page/static_file_table.c)
file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/page)
add_custom_command(
  OUTPUT ${page_table}
  COMMAND ${Python3_EXECUTABLE} ${CMAKE_SOURCE_DIR}/cmake/embed_page.py ${CMAKE_SOURCE_DIR}/src/server/page ${page_table}
  DEPENDS cmake/embed_page.py ${page_files}
  VERBATIM)
target_sources(gatkit_server PRIVATE ${page_table})
