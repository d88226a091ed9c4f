# Finds LibTorch as the target `torch` and refuses a mixture of two installations.
#
# Looked at in this order: Torch_DIR and CMAKE_PREFIX_PATH, then the wheel in the tree's .venv.

if(NOT Torch_DIR AND PROJECT_NAME STREQUAL "inflow")
  file(GLOB wheel "${PROJECT_SOURCE_DIR}/.venv/lib/python3*/site-packages/torch")
  if(wheel)
    list(APPEND CMAKE_PREFIX_PATH "${wheel}/share/cmake" "${wheel}")
  endif()
endif()
find_package(Torch 2.8 QUIET)
if(NOT Torch_FOUND)
  message(FATAL_ERROR "LibTorch 2.8 or newer is missing\n"
    "Install it in the tree with\n"
    "  python3 -m venv .venv && .venv/bin/pip install -r scripts/requirements.txt\n"
    "or build without training: -DINFLOW_WITH_TORCH=OFF")
endif()
