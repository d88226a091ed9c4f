# Each fuzzed function is tried on the files of its corpus and on pseudo-random inputs, the same in every
# run. Clang's libFuzzer looks for others: preset `fuzz`, then build/fuzz/tests/fuzz_ops_search DIRECTORY.

option(INFLOW_LIBFUZZER "Build programs that search for inputs with Clang's libFuzzer" OFF)

function(inflow_fuzzer name)
  target_include_directories(${name} PRIVATE "${PROJECT_SOURCE_DIR}/tests")
  target_link_libraries(${name} PRIVATE inflow_ops)
  inflow_warnings(${name})
endfunction()

add_executable(fuzz_ops fuzz/ops.cpp fuzz/replay.cpp)
inflow_fuzzer(fuzz_ops)
add_test(NAME ops.fuzz COMMAND fuzz_ops "${CMAKE_CURRENT_LIST_DIR}/corpus" 3000)
set_tests_properties(ops.fuzz PROPERTIES LABELS ops TIMEOUT 120)

if(INFLOW_LIBFUZZER)
  add_executable(fuzz_ops_search fuzz/ops.cpp)
  inflow_fuzzer(fuzz_ops_search)
  target_link_options(fuzz_ops_search PRIVATE -fsanitize=fuzzer)
endif()
