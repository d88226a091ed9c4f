# The modules, their order and their dependencies stand in modules.json, which
# tests/architecture_test.cpp reads too.

set(INFLOW_MODULE_TABLE "${PROJECT_SOURCE_DIR}/cmake/modules.json")
set_property(DIRECTORY "${PROJECT_SOURCE_DIR}" APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${INFLOW_MODULE_TABLE}")
file(READ "${INFLOW_MODULE_TABLE}" INFLOW_MODULE_JSON)

# INFLOW_FOLDERS: the folders of all modules, lowest first; INFLOW_MODULES: those to build, and of these
# INFLOW_TORCH_MODULES.
# INFLOW_DEPENDS_<folder>: the modules one uses; INFLOW_SEES_<folder>: those, theirs, and itself.
set(INFLOW_FOLDERS)
set(INFLOW_MODULES)
set(INFLOW_TORCH_MODULES)
string(JSON count LENGTH "${INFLOW_MODULE_JSON}" modules)
math(EXPR last "${count} - 1")
foreach(i RANGE ${last})
  string(JSON folder GET "${INFLOW_MODULE_JSON}" modules ${i} folder)
  string(JSON torch GET "${INFLOW_MODULE_JSON}" modules ${i} torch)
  list(APPEND INFLOW_FOLDERS "${folder}")
  if(torch AND NOT INFLOW_WITH_TORCH)
    continue()
  endif()
  list(APPEND INFLOW_MODULES "${folder}")
  if(torch)
    list(APPEND INFLOW_TORCH_MODULES "${folder}")
  endif()
  set(INFLOW_DEPENDS_${folder})
  set(INFLOW_SEES_${folder} "${folder}")
  string(JSON count LENGTH "${INFLOW_MODULE_JSON}" modules ${i} depends)
  if(count)
    math(EXPR end "${count} - 1")
    foreach(j RANGE ${end})
      string(JSON dependency GET "${INFLOW_MODULE_JSON}" modules ${i} depends ${j})
      list(APPEND INFLOW_DEPENDS_${folder} "${dependency}")
      list(APPEND INFLOW_SEES_${folder} ${INFLOW_SEES_${dependency}})
    endforeach()
  endif()
endforeach()

# inflow_view(<folder> <variable>)
#
# An include root in the build tree that shows the calling folder, without the modules that lie in it,
# and no other, as inflow/<folder>.
function(inflow_view folder variable)
  string(REPLACE "/" "_" name "${folder}")
  set(view "${PROJECT_BINARY_DIR}/view/${name}")
  set(shown "${view}/inflow/${folder}")
  if(IS_SYMLINK "${shown}")
    file(REMOVE "${shown}")
  endif()
  file(MAKE_DIRECTORY "${shown}")
  file(GLOB entries CONFIGURE_DEPENDS RELATIVE "${CMAKE_CURRENT_SOURCE_DIR}" "*")
  foreach(entry IN LISTS entries)
    if(NOT "${folder}/${entry}" IN_LIST INFLOW_FOLDERS)
      file(CREATE_LINK "${CMAKE_CURRENT_SOURCE_DIR}/${entry}" "${shown}/${entry}" SYMBOLIC)
    endif()
  endforeach()
  set(${variable} "${view}" PARENT_SCOPE)
endfunction()

# inflow_module(<folder> [EXPOSES <third party>...] [LINKS <third party>...])
#
# Makes inflow::<folder> out of the calling folder; EXPOSES is for libraries its headers name. Every
# module may use nlohmann-json in its sources.
# Others reach its headers as "inflow/<folder>/x.hpp", and only if they link it: the include root
# shows this one folder, so a forbidden #include does not compile.
# A sub-folder with a CMakeLists.txt of its own is a module of its own and is left out.
function(inflow_module folder)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "EXPOSES;LINKS")
  string(REPLACE "/" "_" name "${folder}")
  inflow_view("${folder}" view)

  file(GLOB_RECURSE sources CONFIGURE_DEPENDS RELATIVE "${CMAKE_CURRENT_SOURCE_DIR}" "*.cpp")
  file(GLOB_RECURSE headers CONFIGURE_DEPENDS RELATIVE "${CMAKE_CURRENT_SOURCE_DIR}" "*.hpp")
  file(GLOB_RECURSE nested CONFIGURE_DEPENDS RELATIVE "${CMAKE_CURRENT_SOURCE_DIR}" "CMakeLists.txt")
  foreach(file IN LISTS nested)
    cmake_path(GET file PARENT_PATH sub)
    if(sub)
      list(FILTER sources EXCLUDE REGEX "^${sub}/")
      list(FILTER headers EXCLUDE REGEX "^${sub}/")
    endif()
  endforeach()
  list(FILTER headers EXCLUDE REGEX "(^|/)detail/")
  list(TRANSFORM headers PREPEND "${view}/inflow/${folder}/")
  list(TRANSFORM INFLOW_DEPENDS_${folder} PREPEND "inflow::" OUTPUT_VARIABLE depends)
  list(TRANSFORM depends REPLACE "/" "_")

  add_library(inflow_${name} STATIC ${sources})
  add_library(inflow::${name} ALIAS inflow_${name})
  target_compile_features(inflow_${name} PUBLIC cxx_std_20)
  target_sources(inflow_${name} PUBLIC FILE_SET HEADERS BASE_DIRS "${view}" FILES ${headers})
  set_target_properties(inflow_${name} PROPERTIES VERIFY_INTERFACE_HEADER_SETS ON EXPORT_NAME ${name})
  target_link_libraries(inflow_${name} PUBLIC ${depends} ${arg_EXPOSES}
                        PRIVATE ${arg_LINKS} $<BUILD_INTERFACE:nlohmann_json::nlohmann_json>)
  inflow_warnings(inflow_${name})
endfunction()
