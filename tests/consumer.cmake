# The installed package works: a project of its own is configured against a fresh install tree, built, and run.

set(stage "${PROJECT_BINARY_DIR}/stage")
add_test(NAME consumer.install
         COMMAND "${CMAKE_COMMAND}" "-DBUILD=${PROJECT_BINARY_DIR}" "-DSTAGE=${stage}"
                 -P "${CMAKE_CURRENT_SOURCE_DIR}/consumer/install.cmake")
set_tests_properties(consumer.install PROPERTIES FIXTURES_SETUP installed LABELS consumer)

set(options "-DCMAKE_PREFIX_PATH=${stage}" "-DCMAKE_BUILD_TYPE=${CMAKE_BUILD_TYPE}"
            "-DCMAKE_CXX_FLAGS=${CMAKE_CXX_FLAGS}" "-DCONSUMER_TRAINS=${INFLOW_WITH_TORCH}")
if(INFLOW_WITH_TORCH)
  list(APPEND options "-DTorch_DIR=${Torch_DIR}")
endif()
add_test(NAME consumer.build_and_run
         COMMAND "${CMAKE_CTEST_COMMAND}"
                 --build-and-test "${CMAKE_CURRENT_SOURCE_DIR}/consumer" "${PROJECT_BINARY_DIR}/consumer"
                 --build-generator "${CMAKE_GENERATOR}" --build-options ${options}
                 --test-command "${CMAKE_CTEST_COMMAND}" --output-on-failure --no-tests=error)
set_tests_properties(consumer.build_and_run PROPERTIES FIXTURES_REQUIRED installed LABELS consumer TIMEOUT 300)

add_test(NAME consumer.program COMMAND "${stage}/bin/inflow" --version)
set_tests_properties(consumer.program PROPERTIES FIXTURES_REQUIRED installed LABELS consumer)
