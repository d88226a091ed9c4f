#include "inflow/tools/program.hpp"

int main(int argc, char** argv) { return static_cast<int>(inflow::tools::run_program(argc, argv)); }
