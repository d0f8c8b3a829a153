using DoorController.Issuer;

namespace DoorController.Sim;

/// <summary>The server's half of a desk: one site root, one scope of doors and one of elevator cars, their keys and lists.</summary>
internal sealed class DeskSite(Func<uint> now)
{
    /// <summary>Scope of the doors.</summary>
    public const int DoorScope = 0x0000D1;

    /// <summary>Scope of the bank of elevator cars.</summary>
    public const int CarScope = 0x0000E1;

    private const int Generation = 1;
    private readonly Dictionary<int, byte[]> _revoked = [];
    private readonly Dictionary<int, uint> _versions = [];
    private readonly Dictionary<int, uint> _lastNumber = [];
    private readonly Dictionary<uint, Bundle> _bundles = [];

    /// <summary>Lives as long as the desk.</summary>
    public SiteRoot Root { get; } = SiteRoot.Create();

    /// <summary>Registers a door with an index in its scope.</summary>
    /// <returns>What the flash tool puts on the board: file names and contents.</returns>
    public IReadOnlyList<(string Name, byte[] Content)> Register(uint doorId, string name, int scope, int index)
    {
        Touch(scope);
        Bundle bundle = new(1, doorId, 1, name, [new BundleScope(scope, index, Generation, _versions[scope])]);
        _bundles[doorId] = bundle;
        return [("provision", bundle.EncodeProvisioning(Root)), ("list0", ListFor(doorId))];
    }

    /// <summary>Issues the next key number of a scope for the life of an instant key.</summary>
    /// <param name="mask">Door indexes, or floors in the scope of cars.</param>
    public CredentialRecord Issue(InstantKey key, int scope, ulong mask)
    {
        Touch(scope);
        _lastNumber[scope]++;
        return key.ToRecord(scope, Generation, _lastNumber[scope], mask, scope == CarScope, _versions[scope]);
    }

    /// <summary>What a phone holds of a sealed credential for one door.</summary>
    public PhoneKey KeyFor(byte[] credential, int scope, uint doorId) =>
        new(doorId, credential, Root.CredentialKey(credential, scope, Generation, doorId));

    /// <summary>Takes a key back: its bit is set in the next list.</summary>
    public void Revoke(int scope, uint keyNumber)
    {
        Touch(scope);
        _revoked[scope][keyNumber / 8] |= (byte)(1 << (int)(keyNumber % 8));
        _versions[scope] = Math.Max(_versions[scope] + 1, now());
    }

    /// <summary>The list of a door's scope with that door's tag.</summary>
    public byte[] ListFor(uint doorId)
    {
        Bundle bundle = _bundles[doorId];
        int scope = bundle.Scopes[0].ScopeId;
        byte[] body = ListBlob.Full(new ListHeader(scope, _versions[scope], Generation, Generation, 0), _revoked[scope]);
        return ListBlob.ForDoor(Root, doorId, bundle.DoorGeneration, body);
    }

    /// <summary>Low 16 bits of the list version of a door's scope, to compare with its Hello.</summary>
    public int ListVersionLow(uint doorId) => (int)(_versions[_bundles[doorId].Scopes[0].ScopeId] & 0xFFFF);

    /// <summary>A time token for the challenge that a phone brought from a door.</summary>
    public byte[] TimeToken(uint doorId, byte[] challenge) =>
        ServerBlobs.TimeToken(Root, doorId, _bundles[doorId].DoorGeneration, challenge, now());

    /// <summary>The answer to a technician's challenge.</summary>
    public string Respond(uint doorId, byte[] challenge, int command) =>
        ServerBlobs.TechnicianResponse(Root, doorId, _bundles[doorId].DoorGeneration, challenge, (byte)command);

    private void Touch(int scope)
    {
        if (_revoked.TryAdd(scope, new byte[Limits.WindowBytes]))
        {
            _versions[scope] = now();
            _lastNumber[scope] = 0;
        }
    }
}
