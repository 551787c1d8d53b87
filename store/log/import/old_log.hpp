#pragma once
#include "store/log/segment_log.hpp"

namespace loquat::store {

// The log of version 0.1.0 was a SQLite file, `log.db` beside the folder.  Where one is, its
// identity, topics and records move into the folder, durably, and then the file is removed; when
// the process ends in between, the next start does it again.  Blocks.  Fails with `store.damaged`
// (nothing is changed), with `store.foreign_file` when the folder holds another log already, and as
// open_segment_log does.
void import_old_log(const SegmentLogOptions& options);

}  // namespace loquat::store
