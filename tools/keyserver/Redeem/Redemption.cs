using DoorController.KeyServer.Issue;
using DoorController.KeyServer.Look;

namespace DoorController.KeyServer.Redeem;

/// <summary>What a phone gets for a link.</summary>
/// <param name="InstantKeyId">The instant key.</param>
/// <param name="ExpiresUs">When the link ends, in microseconds since 1970.</param>
/// <param name="NowS">The server's time.</param>
/// <param name="Keys">One for each right.</param>
/// <param name="Lists">Of all scopes of all their doors.</param>
/// <param name="Look">How the page looks; null: as without a profile.</param>
/// <param name="NextKeyS">When a key comes that is held back today, in Unix seconds; null when none is.</param>
public sealed record Redemption(
    string InstantKeyId, long ExpiresUs, uint NowS, IReadOnlyList<IssuedKey> Keys, IReadOnlyList<CarriedList> Lists, CustomizationProfile? Look, uint? NextKeyS);

/// <summary>A list for a phone to carry.</summary>
/// <param name="ScopeId">24 bits.</param>
/// <param name="Body">Without a tag.</param>
/// <param name="Tags">16 bytes for each door of the person that is in the scope.</param>
public sealed record CarriedList(int ScopeId, byte[] Body, IReadOnlyDictionary<uint, byte[]> Tags);
