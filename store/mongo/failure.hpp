#pragma once
#include <string>

#include "base/failure.hpp"

struct _bson_error_t;

namespace loquat::store {

// What an error of libmongoc is in Loquat's words.
struct MongoError {
    enum class Meaning {
        away,     // nobody answers, or nobody who may be written to: it passes
        unknown,  // an answer is missing: what was asked may have been done
        denied,   // user, password, right or certificate
        other,
    };
    Meaning meaning = Meaning::other;
    int code = 0;      // the server's; 0 where it said nothing
    std::string text;  // one line
};

MongoError read_error(const ::_bson_error_t& error);
// Of the code that a server put into a reply.
MongoError read_error(int code, std::string text);

// Fails with `store.unavailable`, `upstream.timeout`, `store.denied`, `store.full`,
// `store.too_large`, `store.constraint`, `store.conflict` or `store.statement`, and the server's
// words in the detail.
[[noreturn]] void throw_mongo(const MongoError& error);
Failure mongo_unavailable(std::string detail);
Failure mongo_damaged(std::string detail);

}  // namespace loquat::store
