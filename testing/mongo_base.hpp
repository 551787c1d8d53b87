#pragma once
#include <string>

#include "store/mongo/connection.hpp"

namespace loquat::test {

// A database of its own at the server that speaks MongoDB and that `./dev infra up ferretdb` has
// started; dropped in the end.  Without a server the test fails and says how to start it.
class MongoBase {
  public:
    MongoBase();
    ~MongoBase();
    MongoBase(const MongoBase&) = delete;
    MongoBase& operator=(const MongoBase&) = delete;

    const std::string& url() const { return url_; }

  private:
    std::string url_;
};

// Another database of the same server; `options` are those of a URL, without a question mark.
std::string mongo_url_of(const std::string& server, const std::string& database,
                         const std::string& options = "");

}  // namespace loquat::test
