# What `cmake --install` puts in place: the libraries, their public headers, the program, and a package
# file, so that find_package(inflow) gives another project the targets inflow::ops and so on.

include(CMakePackageConfigHelpers)
include(GNUInstallDirs)

set(package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/inflow")
foreach(folder IN LISTS INFLOW_MODULES)
  string(REPLACE "/" "_" name "${folder}")
  install(TARGETS inflow_${name} EXPORT inflow
          ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}"
          FILE_SET HEADERS DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}")
endforeach()
install(TARGETS inflow RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}")
install(EXPORT inflow NAMESPACE inflow:: DESTINATION "${package_dir}" FILE inflowTargets.cmake)

configure_package_config_file(cmake/inflowConfig.cmake.in "${PROJECT_BINARY_DIR}/inflowConfig.cmake"
                              INSTALL_DESTINATION "${package_dir}")
write_basic_package_version_file("${PROJECT_BINARY_DIR}/inflowConfigVersion.cmake"
                                 COMPATIBILITY SameMinorVersion)
install(FILES "${PROJECT_BINARY_DIR}/inflowConfig.cmake" "${PROJECT_BINARY_DIR}/inflowConfigVersion.cmake"
        DESTINATION "${package_dir}")
install(DIRECTORY cmake/find DESTINATION "${package_dir}")

# Manual pages and what completes command lines in shells, which the program makes from its own parser.
if(NOT CMAKE_CROSSCOMPILING)
  set(made "${PROJECT_BINARY_DIR}/manual")
  add_custom_command(OUTPUT "${made}/pages.txt"
    COMMAND "${CMAKE_COMMAND}" -E rm -rf "${made}"
    COMMAND "${CMAKE_COMMAND}" -E make_directory "${made}"
    COMMAND inflow completion bash > "${made}/inflow.bash"
    COMMAND inflow completion fish > "${made}/inflow.fish"
    COMMAND inflow completion zsh > "${made}/_inflow"
    COMMAND inflow man "${made}/man1" > "${made}/pages.txt"
    DEPENDS inflow VERBATIM)
  add_custom_target(manual ALL DEPENDS "${made}/pages.txt")
  install(DIRECTORY "${made}/man1" DESTINATION "${CMAKE_INSTALL_MANDIR}")
  install(FILES "${made}/inflow.bash" RENAME inflow
          DESTINATION "${CMAKE_INSTALL_DATADIR}/bash-completion/completions")
  install(FILES "${made}/inflow.fish" DESTINATION "${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d")
  install(FILES "${made}/_inflow" DESTINATION "${CMAKE_INSTALL_DATADIR}/zsh/site-functions")
endif()
