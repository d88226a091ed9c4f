#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "inflow/ops/options.hpp"

namespace inflow {

// Where settings come from besides their defaults; what stands further down wins.
//
// Sections of two layers are merged key by key, everything else is replaced as a whole. That
// includes the type of a part: the keys an earlier layer gave it stay, and those that the new type
// does not know are errors. Values are YAML 1.2: quoted text stays text, and only true and false
// are booleans. A relative path in a setting is relative to the working directory, wherever the
// file is.
struct SettingsLayers {
  // YAML or JSON, in UTF-8; none if empty.
  std::filesystem::path file{};
  // NAME=value. INFLOW_TRAINING__STEPS=10 sets training.steps: two underscores separate. Every name
  // that begins with INFLOW_ must be of a setting; other names are passed over.
  std::vector<std::string> environment{};
  // training.steps=10, as for --set; the last one wins. widths[1]=64 or widths.1=64 sets an element
  // of a list that an earlier layer gave.
  std::vector<std::string> assignments{};
  std::string assigned_by = "--set";  // what problems with them name
};

// Sets what the layers say. Throws InputError if the file is missing or cannot be read, and
// UsageError with every problem of all layers, each with the line, variable or assignment it comes
// from, its key, what was expected and what was found; `into` may be partly set then.
void read_settings(const SettingsLayers& layers, std::vector<Option> into);

// The values as a YAML file that read_settings turns into equal values. Throws as to_json does.
std::string to_yaml(std::vector<Option> options);

// NAME=value of this process, for the names that begin with INFLOW_. Not while another thread
// changes the environment.
std::vector<std::string> inflow_environment();

}  // namespace inflow
