# A module cannot even spell the headers of one it may not use: for each such pair the compiler is shown
# what the one module sees, is given a header of the other, and must not find it.

foreach(folder IN LISTS INFLOW_MODULES)
  string(REPLACE "/" "_" name "${folder}")
  set(forbidden ${INFLOW_MODULES})
  list(REMOVE_ITEM forbidden ${INFLOW_SEES_${folder}})
  foreach(other IN LISTS forbidden)
    file(GLOB headers RELATIVE "${PROJECT_SOURCE_DIR}" "${PROJECT_SOURCE_DIR}/${other}/*.hpp")
    list(GET headers 0 header)
    string(REPLACE "/" "_" other_name "${other}")
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
