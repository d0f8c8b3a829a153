using System.Globalization;
using System.Text.Json.Serialization;

namespace DoorController.KeyServer.Requests;

/// <summary>
/// Where a list goes on. A cursor names the last row by what orders the list, and nothing that orders one ever changes or comes from a clock
/// alone: a reader that goes on sees each row exactly once, also when the clock leaps.
/// </summary>
/// <param name="HasNextPage">There is more.</param>
/// <param name="NextPageCursor">What to send as page_cursor for it.</param>
internal sealed record Pagination(
    bool HasNextPage, [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? NextPageCursor)
{
    /// <summary>Name of the parameter.</summary>
    public const string Parameter = "page_cursor";

    /// <summary>Characters of a cursor at most.</summary>
    public const int MaxCursor = 120;

    /// <summary>What is wrong with any other one.</summary>
    public const string WantedCursor = "wanted the next_page_cursor of an answer";

    /// <summary>Always null: the clients of the API use the cursor.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string? NextPageUrl { get; }

    /// <summary>A page of rows of which one more than the page was asked for.</summary>
    /// <param name="limit">Rows of a page.</param>
    /// <param name="cursor">The numbers that order the list, of a row.</param>
    public static (List<T> Page, Pagination Pagination) Cut<T>(List<T> rows, long limit, Func<T, IEnumerable<long>> cursor)
    {
        bool hasMore = rows.Count > limit;
        List<T> page = hasMore ? rows[..(int)limit] : rows;
        return (page, new Pagination(
            hasMore, hasMore ? string.Join('.', cursor(page[^1]).Select(number => number.ToString(CultureInfo.InvariantCulture))) : null));
    }
}
