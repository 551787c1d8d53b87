#pragma once
#include <array>

#include "store/sql/migrations.hpp"

namespace loquat::store {

// People and their pets: what tests of databases keep.
inline constexpr std::array<Migration, 1> people_schema{{{1, "people", R"sql(
CREATE TABLE people (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    age INTEGER CHECK (age >= 0)
);
CREATE TABLE pets (
    person INTEGER NOT NULL REFERENCES people (id),
    name TEXT NOT NULL,
    PRIMARY KEY (person, name)
);
)sql"}}};

}  // namespace loquat::store
