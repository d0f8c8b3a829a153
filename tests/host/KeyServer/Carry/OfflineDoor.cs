using System;
using System.Collections.Generic;
using System.Threading.Tasks;
using DoorController.KeyServer.Root;
using DoorController.KeyServer.Store;
using DoorController.Tests.KeyServer.Doors;

namespace DoorController.Tests.KeyServer.Carry
{
    /// <summary>A key server, and a door of it that has booted and that no network reaches.</summary>
    internal sealed class OfflineDoor : IAsyncDisposable
    {
        /// <summary>Name of a scope that is of the kind staff.</summary>
        public const string Staff = "staff";

        private const int BootMs = 2000;

        private OfflineDoor(ServerRig server, RegisteredDoor registered, NetDoor door)
        {
            Server = server;
            Registered = registered;
            Door = door;
        }

        public ServerRig Server { get; }

        public RegisteredDoor Registered { get; }

        public NetDoor Door { get; }

        public IReadOnlyList<int> ScopeIds { get; private init; } = [];

        /// <param name="scopes">Names of the door's scopes; without one it has a scope of its own.</param>
        public static Task<OfflineDoor> StartAsync(DatabaseKind kind = DatabaseKind.Sqlite, int seed = 1, params string[] scopes) =>
            StartAsync(s => s, kind, seed, scopes);

        /// <param name="change">The server's settings.</param>
        public static async Task<OfflineDoor> StartAsync(
            Func<KeyServerSettings, KeyServerSettings> change, DatabaseKind kind = DatabaseKind.Sqlite, int seed = 1, params string[] scopes)
        {
            ServerRig server = await ServerRig.StartAsync(kind, change);
            List<int> ids = [];
            foreach (string scope in scopes)
            {
                ids.Add(scope == Staff ? await server.AddStaffScopeAsync() : await server.AddBankAsync(scope));
            }

            RegisteredDoor registered = await server.RegisterAsync(null, [.. ids]);
            return new OfflineDoor(server, registered, Boot(server, registered, seed)) { ScopeIds = ids };
        }

        /// <summary>Boots the board of a door without a network.</summary>
        public static NetDoor Boot(ServerRig server, RegisteredDoor registered, int seed = 1)
        {
            NetDoor door = new(server, registered, seed) { IsServerDown = true };
            door.Run(BootMs);
            return door;
        }

        /// <summary>A guest's phone that has redeemed its link.</summary>
        public Task<RelayPhone> TakePhoneAsync(int hours = 240) => RelayPhone.TakeAsync(Server, Door, Registered, hours);

        /// <summary>The phone of a technician, whose scope is the door's last.</summary>
        public Task<RelayPhone> TakeTechniciansPhoneAsync() => RelayPhone.TakeAsync(Server, Door, Registered, wish: w =>
        {
            w["scope_id"] = ScopeIds[^1];
            w["technician"] = true;
        });

        public async ValueTask DisposeAsync()
        {
            Door.Dispose();
            await Server.DisposeAsync();
        }
    }
}
