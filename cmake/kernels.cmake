# src/kernels/variant.c includes the files of src/kernels/variant and is compiled once per instruction set.
# The portable one must give the same bits everywhere, so it contracts nothing into fused multiply-adds.
set(variant_source ${CMAKE_SOURCE_DIR}/src/kernels/variant.c)
set(variant_flags_portable -ffp-contract=off)
set(variant_flags_avx2 -march=x86-64-v3 -ffp-contract=fast)
set(variant_flags_avx512 -march=x86-64-v4 -mprefer-vector-width=512 -ffp-contract=fast)

set(variants portable)
if(CMAKE_SYSTEM_PROCESSOR STREQUAL x86_64 AND NOT GATKIT_ONLY_PORTABLE)
  list(APPEND variants avx2 avx512)
else()
  target_compile_definitions(gatkit_flags INTERFACE GAT_ONLY_PORTABLE=1)
endif()

if(EXISTS ${variant_source})
  foreach(variant IN LISTS variants)
    add_library(gatkit_kernels_${variant} OBJECT ${variant_source})
    target_compile_definitions(gatkit_kernels_${variant} PRIVATE GAT_VARIANT=${variant})
    target_compile_options(gatkit_kernels_${variant} PRIVATE $<$<CONFIG:Debug>:-O2> -fno-trapping-math -Wno-psabi ${variant_flags_${variant}})
    target_link_libraries(gatkit_kernels_${variant} PRIVATE gatkit_flags ${gatkit_libraries})
    list(APPEND gatkit_object_files $<TARGET_OBJECTS:gatkit_kernels_${variant}>)
  endforeach()
endif()
