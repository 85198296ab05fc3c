// SPDX-License-Identifier: Apache-2.0
//
// Coverage of the RTL. Built from coverage_verilator.cc or, without CCE_COVERAGE, from coverage_none.cc.

#pragma once

namespace cce::sim {

/// Adds up what `model` has covered, which is about to go away. All of it is written when the process ends, to a file
/// for each class of models in the folder that the environment variable CCE_COVERAGE_FOLDER names (none: it is lost).
template <class Model>
void collect_coverage(const Model& model);

}  // namespace cce::sim
