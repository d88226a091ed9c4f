# cmake -DBUILD=<build folder> -DSTAGE=<folder> -P install.cmake: a fresh install tree in <folder>, which
# holds no header from a detail/ folder, and the manual and completion.

file(REMOVE_RECURSE "${STAGE}")
execute_process(COMMAND "${CMAKE_COMMAND}" --install "${BUILD}" --prefix "${STAGE}"
                COMMAND_ERROR_IS_FATAL ANY OUTPUT_QUIET)

file(GLOB_RECURSE headers RELATIVE "${STAGE}" "${STAGE}/include/*.hpp")
if(NOT headers)
  message(FATAL_ERROR "no header was installed")
endif()
list(FILTER headers INCLUDE REGEX "/detail/")
if(headers)
  message(FATAL_ERROR "private headers were installed: ${headers}")
endif()

foreach(file IN ITEMS man/man1/inflow.1 man/man1/inflow-config.1 bash-completion/completions/inflow
                      fish/vendor_completions.d/inflow.fish zsh/site-functions/_inflow)
  if(NOT EXISTS "${STAGE}/share/${file}")
    message(FATAL_ERROR "not installed: share/${file}")
  endif()
endforeach()
