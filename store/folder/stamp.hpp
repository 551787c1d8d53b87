#pragma once
#include "base/ids.hpp"
#include "store/folder/marks.hpp"

namespace loquat::store {

// What a file of a data folder must say about itself.
struct FileStamp {
    Uuid folder;
    Uuid file;
    bool is_made = false;  // false: it may be missing, or say nothing yet
    LastEnd last_end = LastEnd::clean;
    Mark* mark = nullptr;  // the highest change that was acknowledged; of the folder
    // Of a database: the highest change that is in the file itself for certain, so that its
    // write-ahead log may begin behind it.
    Mark* folded = nullptr;
};

// What a folder of numbered files (store/folder/numbered_files.hpp) is measured by.
struct FilesStamp {
    Uuid folder;
    LastEnd last_end = LastEnd::clean;
    Mark* end = nullptr;    // how far the last file was acknowledged: `to_mark`; 0: not known
    Mark* first = nullptr;  // the lowest number that is needed; 0: not known
    // Up to this number a version before made them, and they do not say where they belong.
    Mark* unnamed = nullptr;
};

}  // namespace loquat::store
