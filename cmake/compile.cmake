# How everything here is compiled: C++20 without extensions, position independent, and never with
# fused multiply-add, so that every target gives the same bits.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_CXX_SCAN_FOR_MODULES OFF)  # there are none, and Clang would need one more tool to look
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
add_compile_options(-ffp-contract=off)

# An installed program finds LibTorch where the build found it.
set(CMAKE_INSTALL_RPATH_USE_LINK_PATH ON)

# A consumer who adds this project to a larger one decides about ccache and the build type.
if(PROJECT_IS_TOP_LEVEL)
  if(NOT CMAKE_BUILD_TYPE)
    set(CMAKE_BUILD_TYPE Release CACHE STRING "Debug, Release, RelWithDebInfo or MinSizeRel" FORCE)
  endif()
  find_program(INFLOW_CCACHE ccache DOC "Compiler cache, used when found")
  mark_as_advanced(INFLOW_CCACHE)
  if(INFLOW_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
    # Without these it refuses sources with a precompiled header; we use neither __DATE__ nor __TIME__.
    set(CMAKE_CXX_COMPILER_LAUNCHER "${CMAKE_COMMAND}" -E env CCACHE_SLOPPINESS=pch_defines,time_macros
                                    "${INFLOW_CCACHE}")
  endif()
endif()

# inflow_warnings(<target>): the warnings our own sources are free of. Libraries from outside are
# system headers and are not asked.
function(inflow_warnings target)
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wshadow -Wconversion
                                           -Wnon-virtual-dtor -Wold-style-cast)
endfunction()
