#pragma once
#include "contracts/core/operation.hpp"

// Say here what the service is for.  Failures: auth.required, newthing.full, request.invalid.
namespace loquat::contracts {

using NewthingEntryId = Id<struct NewthingEntryTag>;

struct NewthingEntry {
    NewthingEntryId id;
    std::string text;
    Time created_at;
};
BOOST_DESCRIBE_STRUCT(NewthingEntry, (), (id, text, created_at))

struct AddNewthingEntryRequest {
    std::string text;
    static constexpr std::array fields{wire::Field{"text", 1, 1000, "What to keep."}};
};
BOOST_DESCRIBE_STRUCT(AddNewthingEntryRequest, (), (text))

class NewthingApi {
  public:
    virtual ~NewthingApi() = default;

    virtual Task<NewthingEntry> add_entry(Caller caller, AddNewthingEntryRequest request) = 0;
    virtual Task<Page<NewthingEntry>> list_entries(Caller caller, Empty request) = 0;
};

template <>
struct Table<NewthingApi> {
    static constexpr std::string_view service = "newthing";
    static constexpr std::tuple routes{
        Route<&NewthingApi::add_entry>{{.method = "POST",
                                        .path = "/api/new-thing/entries",
                                        .summary = "Add one of mine",
                                        .status = 201}},
        Route<&NewthingApi::list_entries>{
            {.method = "GET", .path = "/api/new-thing/entries", .summary = "Mine, oldest first"}},
    };
};

std::vector<Operation> newthing_operations();

}  // namespace loquat::contracts
