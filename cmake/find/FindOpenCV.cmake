# OpenCV's own package file if there is one, else its libraries one by one: Debian keeps the package
# file in libopencv-dev, which depends on half a desktop, while the three libraries used here need
# only themselves. Either way the targets are called opencv_core, opencv_imgproc, opencv_imgcodecs.

include(FindPackageHandleStandardArgs)

find_package(OpenCV ${OpenCV_FIND_VERSION} CONFIG QUIET COMPONENTS ${OpenCV_FIND_COMPONENTS})
if(OpenCV_CONFIG)
  find_package_handle_standard_args(OpenCV CONFIG_MODE)
  return()
endif()

find_path(OpenCV_INCLUDE_DIR opencv2/core/version.hpp PATH_SUFFIXES opencv4)
if(OpenCV_INCLUDE_DIR)
  file(STRINGS "${OpenCV_INCLUDE_DIR}/opencv2/core/version.hpp" lines
       REGEX "#define CV_VERSION_(MAJOR|MINOR|REVISION)")
  string(REGEX REPLACE "[^0-9;]" "" OpenCV_VERSION "${lines}")
  list(JOIN OpenCV_VERSION "." OpenCV_VERSION)
endif()

foreach(component IN LISTS OpenCV_FIND_COMPONENTS)
  find_library(OpenCV_${component}_LIBRARY opencv_${component})
  find_path(OpenCV_${component}_INCLUDE_DIR opencv2/${component}.hpp HINTS "${OpenCV_INCLUDE_DIR}")
  mark_as_advanced(OpenCV_${component}_LIBRARY OpenCV_${component}_INCLUDE_DIR)
  if(OpenCV_${component}_LIBRARY AND OpenCV_${component}_INCLUDE_DIR)
    set(OpenCV_${component}_FOUND ON)
    if(NOT TARGET opencv_${component})
      add_library(opencv_${component} UNKNOWN IMPORTED)
      set_target_properties(opencv_${component} PROPERTIES
        IMPORTED_LOCATION "${OpenCV_${component}_LIBRARY}"
        INTERFACE_INCLUDE_DIRECTORIES "${OpenCV_INCLUDE_DIR}")
    endif()
  endif()
endforeach()
foreach(component IN ITEMS imgproc imgcodecs)
  if(TARGET opencv_${component} AND TARGET opencv_core)
    set_property(TARGET opencv_${component} PROPERTY INTERFACE_LINK_LIBRARIES opencv_core)
  endif()
endforeach()

mark_as_advanced(OpenCV_INCLUDE_DIR OpenCV_DIR)
find_package_handle_standard_args(OpenCV REQUIRED_VARS OpenCV_INCLUDE_DIR
                                  VERSION_VAR OpenCV_VERSION HANDLE_COMPONENTS)
