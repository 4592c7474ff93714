# Compiler and linker flags, collected in the interface library gatkit_flags.
# Never -ffast-math: NaN must stay visible. -ffp-contract is set where each target is made.
set(CMAKE_C_STANDARD 11)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS ON)
set(CMAKE_C_VISIBILITY_PRESET hidden)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_C_FLAGS_RELEASE "-O3 -DNDEBUG")
set(CMAKE_C_FLAGS_DEBUG "-O1 -g")

include(CheckPIESupported)
check_pie_supported(LANGUAGES C)

add_library(gatkit_flags INTERFACE)
target_include_directories(gatkit_flags INTERFACE ${CMAKE_SOURCE_DIR}/src)
target_compile_definitions(gatkit_flags INTERFACE GAT_VERSION="${PROJECT_VERSION}" $<$<BOOL:${GATKIT_IGRAPH}>:GAT_WITH_IGRAPH=1>)
target_compile_options(gatkit_flags INTERFACE -Wall -Wextra -Wshadow -Wconversion -fopenmp-simd -fno-math-errno)
if(NOT GATKIT_OPENMP)
  # What is critical among threads is left as it is where there are none.
  target_compile_options(gatkit_flags INTERFACE -Wno-unknown-pragmas)
endif()
if(GATKIT_WERROR)
  target_compile_options(gatkit_flags INTERFACE -Werror)
endif()
if(CMAKE_C_COMPILER_ID MATCHES Clang)
  # clang warns where `omp simd` did not vectorise at the chosen level; that is not a fault of the code.
  target_compile_options(gatkit_flags INTERFACE -Wno-pass-failed)
endif()

if(GATKIT_SANITIZE)
  target_compile_options(gatkit_flags INTERFACE -fsanitize=${GATKIT_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(gatkit_flags INTERFACE -fsanitize=${GATKIT_SANITIZE})
else()
  target_compile_options(gatkit_flags INTERFACE -fstack-protector-strong $<$<CONFIG:Release>:-U_FORTIFY_SOURCE> $<$<CONFIG:Release>:-D_FORTIFY_SOURCE=2>)
  target_link_options(gatkit_flags INTERFACE LINKER:-z,relro LINKER:-z,now)
endif()
