using System;
using System.Collections.Generic;
using System.Linq;
using System.Net.Http;
using System.Text.Json.Nodes;
using System.Threading.Tasks;
using DoorController.Hal;
using DoorController.Issuer;
using DoorController.Tests.KeyServer.Doors;
using DoorController.Tests.Sync;
using DoorController.Wire;

namespace DoorController.Tests.KeyServer.Carry
{
    /// <summary>A blob that the server gave a phone to bring.</summary>
    internal sealed record Errand(string Type, bool IsBefore, int? ScopeId, uint? Version, byte[] Blob);

    /// <summary>A guest's phone that carries for the door: it asks the server with what it read at the door, and brings the answer the next time.</summary>
    internal sealed class RelayPhone
    {
        private readonly ServerRig _server;
        private readonly NetDoor _door;
        private readonly string _url;

        private RelayPhone(ServerRig server, NetDoor door, RegisteredDoor registered, string url)
        {
            _server = server;
            _door = door;
            DoorId = registered.Id;
            _url = url;
        }

        public string Token { get; } = Guid.NewGuid().ToString("n");

        public uint DoorId { get; }

        public string Person { get; private set; } = string.Empty;

        public string RightId { get; private set; } = string.Empty;

        public PhoneKey Key { get; private set; } = null!;

        /// <summary>Hello and the status of Carry of the last visit.</summary>
        public byte[]? Hello { get; set; }

        public byte[]? Status { get; set; }

        public List<byte[]> Pages { get; } = [];

        public List<Errand> Errands { get; private set; } = [];

        /// <summary>What the door answered to each blob of the last visit: type and state.</summary>
        public List<(string Type, int State)> Answers { get; } = [];

        /// <summary>A person with a right to a door, and a phone that has redeemed the link.</summary>
        public static async Task<RelayPhone> TakeAsync(
            ServerRig server, NetDoor door, RegisteredDoor registered, int hours = 240, Action<JsonObject>? wish = null)
        {
            string person = await server.AddPersonAsync();
            JsonObject terms = server.Wish(person, registered);
            terms["ends_at"] = server.Clock.GetUtcNow().AddHours(hours).ToString("o");
            wish?.Invoke(terms);
            JsonObject right = await server.DoAsync("/rights/assign", terms);
            RelayPhone phone = new(server, door, registered, (await server.AddKeyAsync(person))["instant_key_url"]!.GetValue<string>())
            {
                Person = person,
                RightId = right["right"]!["right_id"]!.GetValue<string>(),
            };
            await phone.RedeemAsync();
            return phone;
        }

        public async Task RedeemAsync()
        {
            Answer answer = await _server.RedeemAsync(_url, Token);
            Key = DoorsOfServer.KeyOf(answer.Of("redeemed")["keys"]![0]!, DoorId);
        }

        /// <summary>Asks the route for phones.</summary>
        public Task<Answer> AskAsync(uint? doorId = null, byte[]? hello = null, byte[]? status = null)
        {
            JsonObject body = new() { ["door_id"] = doorId ?? DoorId };
            Add("hello", hello ?? Hello);
            Add("carry", status ?? Status);
            return _server.SendAsync(HttpMethod.Post, "/phone/door", body.ToJsonString(), Token);

            void Add(string name, byte[]? bytes)
            {
                if (bytes != null)
                {
                    body[name] = Convert.ToBase64String(bytes);
                }
            }
        }

        /// <summary>When there is a network: posts the pages, and fetches what to bring.</summary>
        public async Task GoOnlineAsync()
        {
            foreach (byte[] page in Pages)
            {
                _server.PostBytes("/door/audit?way=phone", page);
            }

            Pages.Clear();
            Answer answer = await AskAsync();
            Errands = answer.Status == 200 ? Read(answer) : throw new InvalidOperationException(answer.Body.ToJsonString());
        }

        public static List<Errand> Read(Answer answer) =>
        [
            .. answer.Body["blobs"]!.AsArray().Select(b => new Errand(
                b!["type"]!.GetValue<string>(), b["when"]!.GetValue<string>() == "before", b["scope_id"]?.GetValue<int>(), b["version"]?.GetValue<uint>(),
                Convert.FromBase64String(b["blob"]!.GetValue<string>()))),
        ];

        /// <summary>One visit, as PROTOCOL.md has it: what is for before, the unlock, what is for after, a page.</summary>
        /// <returns>The verdict on the air.</returns>
        public int Visit()
        {
            Answers.Clear();
            _door.Rig.Connect();
            CarryPhone carry = new(_door.Rig);
            Status = _door.Rig.Read(BleCharacteristic.Carry);
            Bring(carry, Errands.Where(e => e.IsBefore));
            byte[] result = _door.Rig.Present(Key, PhoneKey.NewAttemptId());
            if (result[0] == Verdict.Granted)
            {
                Bring(carry, Errands.Where(e => !e.IsBefore));
                if (carry.Status().Pages > 0 && carry.AskPage(0) == CarryState.PageReady)
                {
                    Pages.Add(carry.ReadPage());
                }
            }

            Hello = _door.Rig.LastHello;
            Status = _door.Rig.Read(BleCharacteristic.Carry) is { Length: 21 } status ? status : Status;
            Errands = [];
            _door.Rig.Phone.Disconnect();
            _door.Run(10000);
            return result[0];
        }

        private void Bring(CarryPhone carry, IEnumerable<Errand> errands)
        {
            foreach (Errand errand in errands.ToArray())
            {
                Answers.Add((errand.Type, carry.Bring(errand.Blob)));
            }
        }
    }
}
