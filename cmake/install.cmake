# What `cmake --install` puts where: binary, libraries, the one header, pkg-config and CMake package files,
# manual pages.
include(CMakePackageConfigHelpers)

file(GLOB public_headers CONFIGURE_DEPENDS src/*/*.h)
set(flat_header ${CMAKE_BINARY_DIR}/include/gatkit.h)
add_custom_command(
  OUTPUT ${flat_header}
  COMMAND ${CMAKE_COMMAND} -DINPUT=${CMAKE_SOURCE_DIR}/src/gatkit.h -DROOT=${CMAKE_SOURCE_DIR}/src
          -DOUTPUT=${flat_header} -P ${CMAKE_SOURCE_DIR}/cmake/flatten_header.cmake
  DEPENDS src/gatkit.h ${public_headers} cmake/flatten_header.cmake
  VERBATIM)
add_custom_target(gatkit_header ALL DEPENDS ${flat_header})
install(FILES ${flat_header} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})

target_include_directories(gatkit INTERFACE $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
install(TARGETS gatkit EXPORT gatkit)
install(TARGETS gatkit_static)
if(TARGET gatkit_cli)
  install(TARGETS gatkit_cli)
endif()

set(package_folder ${CMAKE_INSTALL_LIBDIR}/cmake/gatkit)
install(EXPORT gatkit NAMESPACE gatkit:: FILE gatkit-targets.cmake DESTINATION ${package_folder})
configure_package_config_file(cmake/gatkit-config.cmake.in ${CMAKE_BINARY_DIR}/gatkit-config.cmake
                              INSTALL_DESTINATION ${package_folder})
write_basic_package_version_file(${CMAKE_BINARY_DIR}/gatkit-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_BINARY_DIR}/gatkit-config.cmake ${CMAKE_BINARY_DIR}/gatkit-config-version.cmake
        DESTINATION ${package_folder})

# The prefix as seen from the .pc file, so that `cmake --install --prefix` and a moved tree need no new configuration.
set(gatkit_pc_prefix ${CMAKE_INSTALL_PREFIX})
if(NOT IS_ABSOLUTE "${CMAKE_INSTALL_LIBDIR}")
  file(RELATIVE_PATH gatkit_pc_up /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
  string(REGEX REPLACE "/$" "" gatkit_pc_prefix "\${pcfiledir}/${gatkit_pc_up}")
endif()
configure_file(cmake/gatkit.pc.in ${CMAKE_BINARY_DIR}/gatkit.pc @ONLY)
install(FILES ${CMAKE_BINARY_DIR}/gatkit.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})

find_program(HELP2MAN help2man)
if(GATKIT_MAN AND HELP2MAN AND TARGET gatkit_cli AND NOT GATKIT_SANITIZE AND NOT CMAKE_CROSSCOMPILING)
  file(GLOB verbs CONFIGURE_DEPENDS RELATIVE ${CMAKE_SOURCE_DIR}/src/cli src/cli/cmd_*.c)
  list(REMOVE_ITEM verbs cmd_help.c)
  list(FILTER verbs EXCLUDE REGEX "^cmd_generate_") # parts of generate
  list(TRANSFORM verbs REPLACE "^cmd_(.*)\\.c$" "\\1")
  set(pages ${CMAKE_BINARY_DIR}/man/gatkit.1)
  foreach(verb IN LISTS verbs)
    list(APPEND pages ${CMAKE_BINARY_DIR}/man/gatkit-${verb}.1)
  endforeach()
  add_custom_command(
    OUTPUT ${pages}
    COMMAND sh ${CMAKE_SOURCE_DIR}/cmake/man_pages.sh $<TARGET_FILE:gatkit_cli> ${PROJECT_VERSION}
            ${CMAKE_BINARY_DIR}/man ${verbs}
    DEPENDS gatkit_cli cmake/man_pages.sh
    VERBATIM)
  add_custom_target(gatkit_man ALL DEPENDS ${pages})
  install(FILES ${pages} DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
endif()

# Completion for bash, zsh and fish, from the same help.
find_program(GATKIT_HELP_READER python3)
if(GATKIT_HELP_READER AND TARGET gatkit_cli AND NOT GATKIT_SANITIZE AND NOT CMAKE_CROSSCOMPILING)
  set(completions ${CMAKE_BINARY_DIR}/completions)
  add_custom_command(
    OUTPUT ${completions}/gatkit.bash ${completions}/_gatkit ${completions}/gatkit.fish
    COMMAND ${GATKIT_HELP_READER} ${CMAKE_SOURCE_DIR}/cmake/completions.py $<TARGET_FILE:gatkit_cli> ${completions}
    DEPENDS gatkit_cli cmake/completions.py
    VERBATIM)
  add_custom_target(gatkit_completions ALL DEPENDS ${completions}/gatkit.bash)
  install(FILES ${completions}/gatkit.bash DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME gatkit)
  install(FILES ${completions}/_gatkit DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions)
  install(FILES ${completions}/gatkit.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)
endif()
