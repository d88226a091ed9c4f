# A module cannot even spell the headers of one it may not use: for each such pair the compiler is shown
# what the one module sees, is given a header of the other, and must not find it.

foreach(folder IN LISTS INFLOW_MODULES)
  string(REPLACE "/" "_" name "${folder}")
  set(forbidden ${INFLOW_MODULES})
  list(REMOVE_ITEM forbidden ${INFLOW_SEES_${folder}})
  foreach(other IN LISTS forbidden)
    string(REPLACE "/" "_" other_name "${other}")
    get_target_property(headers inflow_${other_name} HEADER_SET)
    list(GET headers 0 header)
    cmake_path(RELATIVE_PATH header BASE_DIRECTORY "${PROJECT_BINARY_DIR}/view/${other_name}/inflow")
    set(source "${CMAKE_CURRENT_BINARY_DIR}/${name}_includes_${other_name}.cpp")
    file(CONFIGURE OUTPUT "${source}" CONTENT "#include \"inflow/${header}\"\n")
    set(test "architecture.${folder}_cannot_include_${other}")
    add_test(NAME ${test}
             COMMAND "${CMAKE_CXX_COMPILER}" -std=c++20 -fsyntax-only
                     "-I$<JOIN:$<TARGET_PROPERTY:inflow_${name},INCLUDE_DIRECTORIES>,;-I>" "${source}"
             COMMAND_EXPAND_LISTS)
    set_tests_properties(${test} PROPERTIES PASS_REGULAR_EXPRESSION "inflow/${header}: No such file"
                                            LABELS architecture)
  endforeach()
endforeach()
