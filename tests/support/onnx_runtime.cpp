#include "tests/support/onnx_runtime.h"

#include <array>
#include <cstdlib>
#include <dlfcn.h>
#include <utility>

namespace stint::test {

namespace {

struct Status; // of the library; null is success

/// Places in the table of functions, checked with 1.16 and unchanged since.
enum Slot {
    GetErrorMessage = 2,
    CreateEnv = 3,
    CreateSessionFromArray = 8,
    Run = 9,
    CreateSessionOptions = 10,
    SetIntraOpNumThreads = 24,
    CreateTensorWithData = 49,
    CreateCpuMemoryInfo = 69,
    ReleaseEnv = 92,
    ReleaseStatus = 93,
    ReleaseMemoryInfo = 94,
    ReleaseSession = 95,
    ReleaseValue = 96,
    ReleaseSessionOptions = 100,
};

constexpr std::uint32_t apiVersion = 12;
constexpr int elementFloat = 1;
constexpr int elementInt64 = 7;

struct ApiBase {
    const void* const* (*getApi)(std::uint32_t);
    const char* (*getVersion)();
};

} // namespace

struct OnnxRuntime::Table {
    void* library = nullptr;
    const void* const* slots = nullptr;
    void* environment = nullptr;
    std::string error; ///< the first one

    /// Calls a function of the table that returns a status; nothing once one has failed.
    template <typename... Arguments>
    void call(Slot slot, Arguments... arguments)
    {
        if (!error.empty())
            return;
        using Function = Status* (*)(Arguments...);
        Status* status = reinterpret_cast<Function>(const_cast<void*>(slots[slot]))(arguments...);
        if (status == nullptr)
            return;
        using Message = const char* (*)(const Status*);
        error = reinterpret_cast<Message>(const_cast<void*>(slots[GetErrorMessage]))(status);
        release(ReleaseStatus, status);
    }

    void release(Slot slot, void* object) const
    {
        using Function = void (*)(void*);
        if (object != nullptr)
            reinterpret_cast<Function>(const_cast<void*>(slots[slot]))(object);
    }
    void release(Slot slot, Status* object) const { release(slot, static_cast<void*>(object)); }

    template <typename T>
    void* tensor(const void* memory, std::vector<T>& values, const std::vector<std::int64_t>& shape)
    {
        void* made = nullptr;
        const int element = sizeof(T) == sizeof(float) ? elementFloat : elementInt64;
        call(CreateTensorWithData, memory, static_cast<void*>(values.data()),
             values.size() * sizeof(T), shape.data(), shape.size(), element, &made);
        return made;
    }
};

OnnxRuntime::OnnxRuntime(std::unique_ptr<Table> table) : m_table(std::move(table)) { }

OnnxRuntime::~OnnxRuntime()
{
    m_table->release(ReleaseEnv, m_table->environment);
    // The library stays loaded: its threads may outlive the handle.
}

std::unique_ptr<OnnxRuntime> OnnxRuntime::load()
{
    auto table = std::make_unique<Table>();
    const char* named = std::getenv("STINT_ONNXRUNTIME");
    if (named != nullptr)
        table->library = dlopen(named, RTLD_NOW | RTLD_LOCAL);
    for (const char* name : {"libonnxruntime.so", "libonnxruntime.so.1"}) {
        if (table->library == nullptr && named == nullptr)
            table->library = dlopen(name, RTLD_NOW | RTLD_LOCAL);
    }
    if (table->library == nullptr)
        return nullptr;
    void* symbol = dlsym(table->library, "OrtGetApiBase");
    if (symbol == nullptr)
        return nullptr;
    const ApiBase* base = reinterpret_cast<const ApiBase* (*)()>(symbol)();
    table->slots = base->getApi(apiVersion);
    if (table->slots == nullptr)
        return nullptr;
    constexpr int warnings = 2;
    table->call(CreateEnv, warnings, static_cast<const char*>("stint"), &table->environment);
    if (!table->error.empty())
        return nullptr;
    return std::unique_ptr<OnnxRuntime>(new OnnxRuntime(std::move(table)));
}

OnnxRuntime::Outcome
OnnxRuntime::run(const std::string& file, const std::vector<float>& rows, std::int64_t rowCount,
                 std::int64_t columns, const std::vector<std::int64_t>& rowNumber,
                 std::int64_t batch,
                 const std::vector<std::pair<std::string, std::int64_t>>& outputs)
{
    Table& t = *m_table;
    t.error.clear();
    Outcome outcome;
    void* options = nullptr;
    void* session = nullptr;
    void* memory = nullptr;
    t.call(CreateSessionOptions, &options);
    t.call(SetIntraOpNumThreads, options, 1);
    t.call(CreateSessionFromArray, static_cast<const void*>(t.environment),
           static_cast<const void*>(file.data()), file.size(), static_cast<const void*>(options),
           &session);
    constexpr int arenaAllocator = 1;
    constexpr int defaultMemory = 0;
    t.call(CreateCpuMemoryInfo, arenaAllocator, defaultMemory, &memory);

    std::vector<float> rowValues = rows;
    std::vector<std::int64_t> rowNumbers = rowNumber;
    std::vector<const char*> inputNames {"rows"};
    std::vector<void*> inputs {t.tensor(memory, rowValues, {batch, rowCount, columns})};
    if (!rowNumbers.empty()) {
        inputNames.push_back("row");
        inputs.push_back(t.tensor(memory, rowNumbers, {batch}));
    }
    std::vector<const char*> outputNames;
    std::vector<void*> results;
    outcome.outputs.resize(outputs.size());
    for (std::size_t i = 0; i < outputs.size(); ++i) {
        const auto& [name, size] = outputs[i];
        outcome.outputs[i].resize(static_cast<std::size_t>(batch * size));
        outputNames.push_back(name.c_str());
        results.push_back(t.tensor(memory, outcome.outputs[i], {batch, size}));
    }
    t.call(Run, session, static_cast<const void*>(nullptr), inputNames.data(),
           static_cast<void* const*>(inputs.data()), inputs.size(), outputNames.data(),
           outputNames.size(), results.data());
    for (void* value : inputs)
        t.release(ReleaseValue, value);
    for (void* value : results)
        t.release(ReleaseValue, value);
    t.release(ReleaseMemoryInfo, memory);
    t.release(ReleaseSession, session);
    t.release(ReleaseSessionOptions, options);
    outcome.error = t.error;
    return outcome;
}

} // namespace stint::test
