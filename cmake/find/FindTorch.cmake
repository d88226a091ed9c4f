# LibTorch as the target `torch`, all of it from one installation.
#
# Torch_DIR or CMAKE_PREFIX_PATH say where. A CPU build is found by its own package file. That of a
# CUDA build asks for a CUDA toolkit, which a program that only links needs none of, so its libraries
# are named here one by one.

include(FindPackageHandleStandardArgs)

if(TARGET torch)
  set(Torch_FOUND ON)
  return()
endif()
if(Torch_DIR AND NOT EXISTS "${Torch_DIR}/TorchConfig.cmake")
  unset(Torch_DIR CACHE)
endif()
find_path(Torch_DIR TorchConfig.cmake PATH_SUFFIXES Torch share/cmake/Torch
          NO_SYSTEM_ENVIRONMENT_PATH NO_CMAKE_SYSTEM_PATH)
if(Torch_DIR)
  cmake_path(SET Torch_PREFIX NORMALIZE "${Torch_DIR}/../../..")
  cmake_path(GET Torch_PREFIX PARENT_PATH Torch_PREFIX)
endif()

if(Torch_DIR AND EXISTS "${Torch_PREFIX}/lib/libtorch_cuda.so")
  set(PACKAGE_FIND_VERSION "${Torch_FIND_VERSION}")
  include("${Torch_DIR}/TorchConfigVersion.cmake")
  find_package_handle_standard_args(Torch REQUIRED_VARS Torch_PREFIX VERSION_VAR PACKAGE_VERSION)
  if(Torch_FOUND)
    foreach(name IN ITEMS c10 c10_cuda torch_cpu torch_cuda torch)
      add_library(${name} SHARED IMPORTED)
      set_target_properties(${name} PROPERTIES
        IMPORTED_LOCATION "${Torch_PREFIX}/lib/lib${name}.so"
        INTERFACE_INCLUDE_DIRECTORIES
          "${Torch_PREFIX}/include;${Torch_PREFIX}/include/torch/csrc/api/include")
    endforeach()
    # The linker drops libraries that no symbol is taken from, and CUDA's kernels register themselves.
    set_target_properties(torch PROPERTIES
      INTERFACE_COMPILE_DEFINITIONS "USE_DISTRIBUTED;USE_C10D_GLOO"
      INTERFACE_LINK_LIBRARIES "-Wl,--no-as-needed,$<TARGET_FILE:torch_cuda>,--as-needed;torch_cpu;c10_cuda;c10")
  endif()
  return()
endif()

# The package file warns about kineto, a profiler's library that no wheel contains.
set(log_level "${CMAKE_MESSAGE_LOG_LEVEL}")
set(CMAKE_MESSAGE_LOG_LEVEL ERROR)
find_package(Torch ${Torch_FIND_VERSION} CONFIG QUIET)
set(CMAKE_MESSAGE_LOG_LEVEL "${log_level}")
find_package_handle_standard_args(Torch CONFIG_MODE)

# It also looks for c10 in the system's folders before its own. Two installations in one program
# compile, link, and abort at start.
if(Torch_FOUND)
  foreach(library IN LISTS TORCH_LIBRARIES)
    cmake_path(IS_PREFIX TORCH_INSTALL_PREFIX "${library}" NORMALIZE inside)
    if(IS_ABSOLUTE "${library}" AND NOT inside)
      message(FATAL_ERROR
        "torch libraries from two prefixes: ${library} is not under ${TORCH_INSTALL_PREFIX}\n"
        "Delete the build folder and configure with\n"
        "  -DCMAKE_PREFIX_PATH='${TORCH_INSTALL_PREFIX}/share/cmake;${TORCH_INSTALL_PREFIX}'")
    endif()
  endforeach()
endif()
