namespace DoorController.KeyServer.Issue;

/// <summary>What an instant key is for.</summary>
/// <param name="UserIdentityId">Whose rights.</param>
/// <param name="GrantId">Only those of this access grant; null: all of them.</param>
/// <param name="EndsS">No credential outlives it: Unix seconds.</param>
public sealed record LinkOwner(string InstantKeyId, string UserIdentityId, string? GrantId, uint EndsS)
{
    /// <summary>True when its link gives credentials for a right of its person.</summary>
    public bool Reaches(Right right) => GrantId == null || right.GrantId == GrantId;
}
