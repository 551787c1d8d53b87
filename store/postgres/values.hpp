#pragma once
#include <array>
#include <cstddef>
#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "store/postgres/pq_library.hpp"
#include "store/sql/value.hpp"

namespace loquat::store {

// Parameters in PostgreSQL's binary form.  Refers to what the parameters refer to.
class BoundParams {
  public:
    // Fails with `store.text` (invalid) for a text with a zero byte, which PostgreSQL cannot keep.
    explicit BoundParams(std::span<const Param> params);
    BoundParams(const BoundParams&) = delete;
    BoundParams& operator=(const BoundParams&) = delete;

    int count() const { return static_cast<int>(values_.size()); }
    // Of an absent value 0: the server sees from the statement what it is.
    const Oid* types() const { return types_.data(); }
    const char* const* values() const { return values_.data(); }
    const int* lengths() const { return lengths_.data(); }
    const int* formats() const { return formats_.data(); }

    // One character for each type: a statement is prepared for those of its parameters.
    const std::string& signature() const { return signature_; }

  private:
    void add(Oid type, const char* bytes, std::size_t size, char sign);
    void add_number(Oid type, std::uint64_t bits, char sign);

    std::vector<Oid> types_;
    std::vector<const char*> values_;
    std::vector<int> lengths_;
    std::vector<int> formats_;
    std::deque<std::array<char, 8>> numbers_;
    std::string signature_;
};

// A result in binary form.  Fails with `store.unexpected_type` for a type that no statement of ours
// asks for.
Rows rows_of(const PqLibrary& pq, const PGresult& result);

}  // namespace loquat::store
