# Finds every outside library but LibTorch. What is missing is collected and reported at once, with
# the one command that installs all of it.

# inflow_require(<package> FROM <Debian package>... [WITH <argument of find_package>...])
macro(inflow_require package)
  cmake_parse_arguments(require "" "" "FROM;WITH" ${ARGN})
  find_package(${package} QUIET ${require_WITH})
  if(NOT ${package}_FOUND)
    string(STRIP "${package} ${require_WITH}" library)
    list(APPEND INFLOW_MISSING_LIBRARIES "${library}")
    list(APPEND INFLOW_MISSING_PACKAGES ${require_FROM})
  endif()
endmacro()

set(INFLOW_OPENCV_VERSION 4.6)
set(INFLOW_TBB_VERSION 2021.8)
set(INFLOW_TORCH_VERSION 2.8)
set(INFLOW_MISSING_LIBRARIES)
set(INFLOW_MISSING_PACKAGES)

inflow_require(Threads FROM libc6-dev)
inflow_require(OpenCV WITH ${INFLOW_OPENCV_VERSION} COMPONENTS core imgproc imgcodecs
               FROM libopencv-core-dev libopencv-imgproc-dev libopencv-imgcodecs-dev)
inflow_require(TBB WITH ${INFLOW_TBB_VERSION} FROM libtbb-dev)
inflow_require(Boost WITH 1.74 CONFIG FROM libboost-graph-dev)
inflow_require(yaml-cpp FROM libyaml-cpp-dev)
inflow_require(xxHash FROM libxxhash-dev)
inflow_require(ZLIB FROM zlib1g-dev)
inflow_require(hwy FROM libhwy-dev)
inflow_require(nlohmann_json FROM nlohmann-json3-dev)
inflow_require(CLI11 FROM libcli11-dev)
inflow_require(spdlog FROM libspdlog-dev)
if(INFLOW_DEVELOPER_MODE)
  inflow_require(GTest FROM libgtest-dev libgmock-dev)
  inflow_require(rapidcheck FROM librapidcheck-dev)
  find_package(benchmark QUIET)
endif()

if(INFLOW_MISSING_LIBRARIES)
  list(JOIN INFLOW_MISSING_LIBRARIES "\n  " libraries)
  list(JOIN INFLOW_MISSING_PACKAGES " " packages)
  message(FATAL_ERROR "these libraries are missing:\n  ${libraries}\n"
    "Install them with\n  sudo apt-get install --no-install-recommends ${packages}")
endif()
