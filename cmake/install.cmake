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
