#pragma once
#include "services/consumer/ports.hpp"
#include "store/sql/database.hpp"

namespace loquat::consumer {

// In the database of the ledgers, where no batch of messages has to be waited for.  PostgreSQL:
// time is the server's, and writers take turns, so that each sees what the others have taken.
class SqlReaderShares final : public ReaderShares {
  public:
    explicit SqlReaderShares(store::Database& database) : database_(database) {}

    Task<Share> beat(Ground ground, std::chrono::milliseconds age_max) override;
    Task<void> give_back(std::vector<store::Partition> partitions) override;
    Task<void> leave() override;

  private:
    store::Database& database_;
    const Uuid name_ = Uuid::make();
};

}  // namespace loquat::consumer
