# src/kernels/variant.c includes the files of src/kernels/variant and is compiled once per instruction set.
# The portable one must give the same bits everywhere, so it contracts nothing into fused multiply-adds.
set(variant_source ${CMAKE_SOURCE_DIR}/src/kernels/variant.c)
set(variant_flags_portable -ffp-contract=off)
set(variant_flags_avx2 -march=x86-64-v3 -ffp-contract=fast)
set(variant_flags_avx512 -march=x86-64-v4 -mprefer-vector-width=512 -ffp-contract=fast)
set(variant_flags_avx512bf16 ${variant_flags_avx512} -mavx512bf16)

set(variants portable)
if(CMAKE_SYSTEM_PROCESSOR STREQUAL x86_64 AND NOT GATKIT_ONLY_PORTABLE)
  list(APPEND variants avx2 avx512)
else()
  target_compile_definitions(gatkit_flags INTERFACE GAT_ONLY_PORTABLE=1)
endif()

function(gatkit_kernel_variant target source variant)
  add_library(${target} OBJECT ${source})
  target_compile_definitions(${target} PRIVATE GAT_VARIANT=${variant})
  target_compile_options(${target} PRIVATE $<$<CONFIG:Debug>:-O2> -fno-trapping-math -Wno-psabi ${variant_flags_${variant}})
  target_link_libraries(${target} PRIVATE gatkit_flags ${gatkit_libraries})
endfunction()

foreach(variant IN LISTS variants)
  gatkit_kernel_variant(gatkit_kernels_${variant} ${variant_source} ${variant})
  list(APPEND gatkit_object_files $<TARGET_OBJECTS:gatkit_kernels_${variant}>)
endforeach()

# The path kernels are a source of their own: they share nothing with the others but vmath.h.
foreach(variant IN LISTS variants)
  gatkit_kernel_variant(gatkit_path_${variant} ${CMAKE_SOURCE_DIR}/src/kernels/path_variant.c ${variant})
  list(APPEND gatkit_object_files $<TARGET_OBJECTS:gatkit_path_${variant}>)
endforeach()

# The bf16 products are a source of their own: one more set has an instruction for them.
if(avx512 IN_LIST variants)
  list(APPEND variants avx512bf16)
endif()
foreach(variant IN LISTS variants)
  gatkit_kernel_variant(gatkit_bf16_${variant} ${CMAKE_SOURCE_DIR}/src/kernels/bf16_variant.c ${variant})
  list(APPEND gatkit_object_files $<TARGET_OBJECTS:gatkit_bf16_${variant}>)
endforeach()
