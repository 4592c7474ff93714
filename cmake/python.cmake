# The Python package in the build tree, ready for PYTHONPATH, and as a wheel (target python_wheel). It needs cffi; without it
# the package is left out.
find_program(GATKIT_PYTHON_PROGRAM NAMES python3 PATHS /usr/bin NO_DEFAULT_PATH)
if(GATKIT_PYTHON_PROGRAM)
  execute_process(COMMAND ${GATKIT_PYTHON_PROGRAM} -c "import cffi, numpy" RESULT_VARIABLE missing OUTPUT_QUIET ERROR_QUIET)
endif()
if(NOT GATKIT_PYTHON_PROGRAM OR missing)
  message(STATUS "python3-cffi or python3-numpy is missing: no Python package")
  return()
endif()

set(package ${CMAKE_BINARY_DIR}/python)
file(GLOB modules CONFIGURE_DEPENDS python/*.py python/pyproject.toml python/gatkit/*.py python/gatkit/py.typed)
set(copies)
foreach(module IN LISTS modules)
  cmake_path(RELATIVE_PATH module BASE_DIRECTORY ${CMAKE_SOURCE_DIR}/python OUTPUT_VARIABLE name)
  add_custom_command(OUTPUT ${package}/${name} COMMAND ${CMAKE_COMMAND} -E copy ${module} ${package}/${name} DEPENDS ${module})
  list(APPEND copies ${package}/${name})
endforeach()
add_custom_command(
  OUTPUT ${package}/gatkit/_ffi.py
  COMMAND ${GATKIT_PYTHON_PROGRAM} ${CMAKE_SOURCE_DIR}/python/make_ffi.py ${flat_header} ${package}/gatkit/_ffi.py
  DEPENDS python/make_ffi.py ${flat_header} ${copies}
  VERBATIM)
add_custom_command(
  OUTPUT ${package}/gatkit/libgatkit.so
  COMMAND ${CMAKE_COMMAND} -E copy $<TARGET_FILE:gatkit> ${package}/gatkit/libgatkit.so
  DEPENDS gatkit ${copies}
  VERBATIM)
add_custom_target(gatkit_python ALL DEPENDS ${copies} ${package}/gatkit/_ffi.py ${package}/gatkit/libgatkit.so)
add_custom_target(
  python_wheel
  COMMAND ${GATKIT_PYTHON_PROGRAM} -m pip wheel --quiet --no-build-isolation --no-deps --wheel-dir ${CMAKE_BINARY_DIR} ${package}
  DEPENDS gatkit_python
  VERBATIM)
