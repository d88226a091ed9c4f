# LibTorch: where Torch_DIR or CMAKE_PREFIX_PATH say, else the wheel in the tree's .venv.

find_package(Torch ${INFLOW_TORCH_VERSION} QUIET)
if(NOT Torch_FOUND)
  file(GLOB wheel "${PROJECT_SOURCE_DIR}/.venv/lib/python3*/site-packages/torch")
  if(wheel)
    list(PREPEND CMAKE_PREFIX_PATH "${wheel}/share/cmake" "${wheel}")
    find_package(Torch ${INFLOW_TORCH_VERSION} QUIET)
  endif()
endif()
if(NOT Torch_FOUND)
  message(FATAL_ERROR "LibTorch ${INFLOW_TORCH_VERSION} or newer is missing\n"
    "Install it in the tree with\n"
    "  python3 -m venv .venv && .venv/bin/pip install -r scripts/requirements.txt\n"
    "or build without the modules that train: -DINFLOW_WITH_TORCH=OFF")
endif()
