# libexif as the target libexif::exif; it has no package file of its own.

include(FindPackageHandleStandardArgs)

find_path(libexif_INCLUDE_DIR libexif/exif-data.h)
find_library(libexif_LIBRARY exif)
mark_as_advanced(libexif_INCLUDE_DIR libexif_LIBRARY)
find_package_handle_standard_args(libexif REQUIRED_VARS libexif_LIBRARY libexif_INCLUDE_DIR)

if(libexif_FOUND AND NOT TARGET libexif::exif)
  add_library(libexif::exif UNKNOWN IMPORTED)
  set_target_properties(libexif::exif PROPERTIES
    IMPORTED_LOCATION "${libexif_LIBRARY}"
    INTERFACE_INCLUDE_DIRECTORIES "${libexif_INCLUDE_DIR}")
endif()
