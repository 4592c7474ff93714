# The libraries, all from the distribution. gatkit_libraries: what the library links with; gatkit_pc_requires
# and gatkit_pc_libs: the same for gatkit.pc.
find_package(PkgConfig REQUIRED)
set(gatkit_pc_requires openblas serd-0 zlib libzstd libxxhash libutf8proc jansson)
if(GATKIT_IGRAPH)
  list(APPEND gatkit_pc_requires igraph)
endif()
set(gatkit_libraries)
foreach(module IN LISTS gatkit_pc_requires)
  pkg_check_modules(${module} REQUIRED IMPORTED_TARGET ${module})
  list(APPEND gatkit_libraries PkgConfig::${module})
endforeach()
# Of the program alone.
pkg_check_modules(libmicrohttpd REQUIRED IMPORTED_TARGET libmicrohttpd)
list(APPEND gatkit_libraries m)
set(gatkit_pc_libs -lm)

if(GATKIT_OPENMP)
  find_package(OpenMP REQUIRED COMPONENTS C)
  list(APPEND gatkit_libraries OpenMP::OpenMP_C)
  list(APPEND gatkit_pc_libs ${OpenMP_C_FLAGS})
endif()
list(JOIN gatkit_pc_requires " " gatkit_pc_requires)
list(JOIN gatkit_pc_libs " " gatkit_pc_libs)

# Headers alone.
find_path(RANDOM123_INCLUDE_DIR Random123/philox.h REQUIRED)
target_include_directories(gatkit_flags SYSTEM INTERFACE ${RANDOM123_INCLUDE_DIR})

if(GATKIT_TESTS)
  pkg_check_modules(cmocka REQUIRED IMPORTED_TARGET cmocka)
endif()
