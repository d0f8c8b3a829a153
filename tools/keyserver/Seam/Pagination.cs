using System.Text.Json.Serialization;

namespace DoorController.KeyServer.Seam;

/// <summary>Where a list goes on.</summary>
/// <param name="HasNextPage">There is more.</param>
/// <param name="NextPageCursor">What to send as page_cursor for it.</param>
internal sealed record Pagination(
    bool HasNextPage, [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? NextPageCursor)
{
    /// <summary>Always null: the clients of the API use the cursor.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string? NextPageUrl { get; }
}
