# Fails unless what PROGRAM prints, a table that is the same on every machine, stands in DOCUMENT.
execute_process(COMMAND "${PROGRAM}" OUTPUT_VARIABLE printed COMMAND_ERROR_IS_FATAL ANY)
file(READ "${DOCUMENT}" document)
string(FIND "${document}" "${printed}" place)
if(printed STREQUAL "" OR place EQUAL -1)
  message(FATAL_ERROR "${PROGRAM} prints what does not stand in ${DOCUMENT}:\n${printed}")
endif()
