using System;
using System.Collections.Generic;
using System.Linq;
using DoorController.KeyServer.Grants;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace DoorController.Tests.KeyServer.Grants
{
    /// <summary>An access grant is cut into rights: each door is served once, by a scope that it is in, and by as few rights as there need be.</summary>
    [TestClass]
    public sealed class GrantPartsTests
    {
        [TestMethod]
        public void Doors_of_one_bank_are_one_right_and_a_room_beside_them_another()
        {
            List<GrantPart> parts = GrantParts.Cut([new Reach(3, null, [30, 7]), new Reach(1, null, [10, 7]), new Reach(2, null, [20]), new Reach(4, 5, [7])]);
            CollectionAssert.AreEqual(new[] { "7:1,3", "7/5:4", "20:2" }, parts.OrderBy(p => p.ScopeId).ThenBy(p => p.Floors).Select(Text).ToArray());
        }

        [TestMethod]
        public void A_door_alone_is_served_by_its_own_scope_and_cars_with_other_floors_by_rights_of_their_own()
        {
            Assert.AreEqual("10:1", Text(GrantParts.Cut([new Reach(1, null, [10, 7])]).Single()));
            CollectionAssert.AreEquivalent(
                new[] { "7/3:1,2", "7/4:3" }, GrantParts.Cut([new Reach(1, 3, [7]), new Reach(2, 3, [7]), new Reach(3, 4, [7])]).Select(Text).ToArray());
        }

        [TestMethod]
        public void Whatever_the_site_each_door_is_served_once_in_a_scope_of_its_own()
        {
            Random random = new(5);
            for (int i = 0; i < 2000; i++)
            {
                Reach[] doors = [.. Enumerable.Range(1, random.Next(1, 12)).Select(id => new Reach(
                    (uint)id, random.Next(3) == 0 ? (ulong)random.Next(1, 4) : null, [.. Enumerable.Range(0, 6).OrderBy(_ => random.Next()).Take(random.Next(1, 4))]))];
                List<GrantPart> parts = GrantParts.Cut(doors);
                CollectionAssert.AreEquivalent(doors.Select(d => d.DoorId).ToArray(), parts.SelectMany(p => p.Doors).ToArray());
                Assert.IsTrue(parts.All(p => p.Doors.All(id => doors.Single(d => d.DoorId == id) is var door && door.Floors == p.Floors && door.Scopes.Contains(p.ScopeId))));
                Assert.AreEqual(parts.Count, parts.DistinctBy(p => (p.ScopeId, p.Floors)).Count());
            }
        }

        private static string Text(GrantPart part) => $"{part.ScopeId}{(part.Floors is ulong floors ? "/" + floors : string.Empty)}:{string.Join(',', part.Doors)}";
    }
}
