using DoorController.KeyServer.Issue;
using DoorController.KeyServer.Look;
using DoorController.KeyServer.Requests;
using DoorController.Wire;

namespace DoorController.KeyServer.Redeem;

/// <summary>The JSON of a redemption. Bytes are Base64, times as everywhere in the API.</summary>
internal static class RedeemAnswer
{
    /// <summary>Writes it.</summary>
    /// <param name="token">Of the phone, for its next request.</param>
    public static object Make(Redemption redemption, string token) => new
    {
        instant_key_id = redemption.InstantKeyId,
        expires_at = IsoTime.FromUs(redemption.ExpiresUs),
        session_token = token,
        next_key_at = redemption.NextKeyS is uint next ? IsoTime.FromS(next) : null,
        customization = redemption.Look is not CustomizationProfile look ? null : new
        {
            name = look.Name,
            logo = look.LogoHash == null ? null : LogoRoute.Beside + look.LogoHash,
            primary_color = look.PrimaryColor,
            secondary_color = look.SecondaryColor,
        },
        keys = redemption.Keys.Select(key => new
        {
            scope_id = key.ScopeId,
            credential = Convert.ToBase64String(key.Credential),
            not_before = IsoTime.FromS(key.StartsS),
            expires_at = IsoTime.FromS(key.ExpiresS),
            renew_at = IsoTime.FromS(RenewAtS(key, redemption.NowS)),
            ends_at = IsoTime.FromS(key.EndsS),
            floors = key.Floors == null ? null : FloorNumbers(key.Floors.Value),
            doors = key.Doors.Select(door => new
            {
                door_id = door.DoorId,
                name = door.Name,
                former_names = door.FormerNames,
                credential_key = Convert.ToBase64String(door.CredentialKey),
            }),
        }),
        lists = redemption.Lists.Select(list => new
        {
            scope_id = list.ScopeId,
            version = Bytes.U32(list.Body, ListBody.Version),
            body = Convert.ToBase64String(list.Body),
            tags = list.Tags.Select(tag => new { door_id = tag.Key, tag = Convert.ToBase64String(tag.Value) }),
        }),
    };

    /// <summary>
    /// When a phone asks again. A key for later: when it begins to open, so that "issued at" is near then and moves the clock of a door
    /// that nobody else tells the time. A key that opens: in the middle of the life that is left.
    /// </summary>
    internal static uint RenewAtS(IssuedKey key, uint nowS) => nowS < key.StartsS ? key.StartsS : nowS + ((key.ExpiresS - nowS) / 2);

    private static int[] FloorNumbers(ulong floors) => [.. Enumerable.Range(0, 64).Where(i => (floors >> i & 1) == 1)];
}
