# Each fuzzed function is tried on the files of its corpus and on pseudo-random inputs, the same in every
# run. Clang's libFuzzer looks for others: preset `fuzz`, then build/fuzz/tests/fuzz_ops_search
# -malloc_limit_mb=64 -rss_limit_mb=1024 DIRECTORY.

option(INFLOW_LIBFUZZER "Build programs that search for inputs with Clang's libFuzzer" OFF)
add_custom_target(fuzz_searches)

function(inflow_fuzz_program program module)
  target_include_directories(${program} PRIVATE "${PROJECT_SOURCE_DIR}/tests")
  target_link_libraries(${program} PRIVATE inflow_${module} nlohmann_json::nlohmann_json)
  inflow_warnings(${program})
endfunction()

# inflow_fuzz(<name> <module> <inputs> [<folder>...]): fuzz/<name>.cpp, with fuzz/corpus/<name> and other
# folders whose files are tried, changed and not, beside so many pseudo-random inputs.
function(inflow_fuzz name module inputs)
  add_executable(fuzz_${name} fuzz/${name}.cpp fuzz/replay.cpp)
  inflow_fuzz_program(fuzz_${name} ${module})
  set(folders "${CMAKE_CURRENT_FUNCTION_LIST_DIR}/corpus/${name}")
  foreach(folder IN LISTS ARGN)
    list(APPEND folders "${PROJECT_SOURCE_DIR}/tests/${folder}")
  endforeach()
  add_test(NAME ${module}.fuzz_${name} COMMAND fuzz_${name} ${folders} ${inputs})
  set_tests_properties(${module}.fuzz_${name} PROPERTIES LABELS ${module} TIMEOUT 120)
  if(INFLOW_LIBFUZZER)
    add_executable(fuzz_${name}_search fuzz/${name}.cpp)
    inflow_fuzz_program(fuzz_${name}_search ${module})
    target_link_options(fuzz_${name}_search PRIVATE -fsanitize=fuzzer)
    add_dependencies(fuzz_searches fuzz_${name}_search)
  endif()
endfunction()

inflow_fuzz(ops ops 3000)
inflow_fuzz(cifar pipeline 3000)
inflow_fuzz(idx pipeline 3000)
inflow_fuzz(npy pipeline 3000 golden/arrays)
inflow_fuzz(npz pipeline 3000 golden/arrays)
inflow_fuzz(picture pipeline 3000 golden/jpegs)
inflow_fuzz(settings pipeline 3000)
inflow_fuzz(tar pipeline 3000 golden/shards)
