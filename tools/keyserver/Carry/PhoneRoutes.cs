using DoorController.KeyServer.Redeem;
using DoorController.KeyServer.Requests;
using DoorController.KeyServer.Root;

namespace DoorController.KeyServer.Carry;

/// <summary>The route for phones: what to bring to a door.</summary>
internal static class PhoneRoutes
{
    /// <summary>Its path.</summary>
    public const string Path = "/phone/door";

    public static void Map(WebApplication app) => app.MapPost(Path, AnswerAsync);

    private static async Task AnswerAsync(HttpContext http)
    {
        byte[] token = SiteKeys.Hash(PhoneToken.Find(http));
        PhoneBudget budget = http.RequestServices.GetRequiredService<PhoneBudget>();
        budget.Ask(token);
        Parameters parameters = await Api.ReadAsync(http);
        DoorWord word = DoorWord.Read(parameters);
        parameters.Check();
        Site site = http.RequestServices.GetRequiredService<Site>();
        CarryDesk desk = http.RequestServices.GetRequiredService<CarryDesk>();
        IReadOnlyList<CarryBlob> blobs = await site.Database.ReadAsync(
            async s =>
            {
                PhoneDoor at = await PhoneBook.FindAsync(s, token, word.DoorId);
                return await desk.MakeAsync(s, at, word, () => budget.TakeToken(token, word.DoorId));
            },
            http.RequestAborted);
        await Api.WriteAsync(http, 200, new { door_id = word.DoorId, blobs = blobs.Select(Show) });
    }

    private static object Show(CarryBlob blob) => new
    {
        type = blob.Type,
        when = blob.IsBefore ? "before" : "after",
        scope_id = blob.ScopeId,
        version = blob.Version,
        blob = Convert.ToBase64String(blob.Blob),
    };
}
